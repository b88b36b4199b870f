// What the parts of kafka-recovery.bench.mjs wait by and how they say what came of it.
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 60_000;

export async function until(what, isTrue) {
  const end = performance.now() + patienceMs;
  let cause;
  const ask = async () => {
    try {
      return await isTrue();
    } catch (error) {
      cause = error;
      return false;
    }
  };
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}.`, { cause });
    await delay(10);
  }
}

export function report(what, times, goalMs, pick = median) {
  const picked = pick(times);
  const all = times.map((ms) => (ms / 1_000).toFixed(2)).join(', ');
  const verdict = picked <= goalMs ? 'held' : 'MISSED';
  console.log(`${what}: ${(picked / 1_000).toFixed(2)} s of ${all} (goal ${goalMs / 1_000} s, ${verdict})`);
}

function median(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
}

export function highest(times) {
  return Math.max(...times);
}
