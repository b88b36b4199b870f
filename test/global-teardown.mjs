import { once } from 'node:events';

export default async function stopTestPostgres() {
  const owner = globalThis.parleyTestPostgres;
  if (owner === undefined || owner.exitCode !== null || owner.signalCode !== null) return;
  const exited = once(owner, 'exit');
  owner.stdin.end();
  await exited;
}
