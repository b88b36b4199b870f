import { runNode } from './child.mjs';

/** `npm run soak -- 30 10`: for thirty minutes, compared with the tenth. */
export async function runSoak(args) {
  const { code } = await runNode(['bench/soak.mjs', ...args], { isShown: true });
  process.exitCode = code;
}
