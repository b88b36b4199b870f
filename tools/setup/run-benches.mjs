import { existsSync, readdirSync } from 'node:fs';
import { runNode } from './child.mjs';
import { inRoot } from './root.mjs';

/** Runs bench/*.bench.mjs one after the other; arguments choose by name. */
export async function runBenches(names) {
  const files = existsSync(inRoot('bench')) ? readdirSync(inRoot('bench')) : [];
  const benches = files
    .filter((file) => file.endsWith('.bench.mjs'))
    .filter((file) => names.length === 0 || names.some((name) => file.startsWith(name)));
  if (benches.length === 0) console.log('There is no such benchmark in bench/.');
  for (const bench of benches) {
    console.log(`\n${bench}`);
    const { code } = await runNode([`bench/${bench}`], { isShown: true });
    if (code !== 0) process.exitCode = 1;
  }
}
