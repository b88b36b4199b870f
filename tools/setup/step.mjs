/** Does one step and says in one line what was done and how long it took. */
export async function step(title, work) {
  const startedAt = performance.now();
  process.stdout.write(`${title} … `);
  try {
    const result = await work();
    process.stdout.write(`${secondsSince(startedAt)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${secondsSince(startedAt)}\n`);
    throw error;
  }
}

export function secondsSince(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

/** For a failure that its own output explains: no stack trace of ours below it. */
export function giveUp(text) {
  console.error(text);
  process.exit(1);
}
