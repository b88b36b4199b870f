import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../harness/process-tree.js';
import { roles, type Role } from '../harness/role-environment.js';
import { waitFor } from '../harness/wait-for.js';
import { dismiss, unnoticed, type Battle } from './battle.js';

/** A lease lasts 8 s (libs/event-log/src/postgres). */
const zombieMs = 12_000;
const followersMs = 30_000;

export async function killRole({ fortress, field }: Battle, role: Role): Promise<number> {
  const killedAt = performance.now();
  const guard = field.dice.draw([...fortress.guardsOf(role)]);
  if (guard === undefined) throw new Error(`Nobody is ${role}`);
  await fortress.kill(guard);
  await fortress.recruit(role, guard.home);
  return killedAt;
}

/** Another one takes its work, and then it wakes and goes on where it stood still. */
export async function freezeRole(battle: Battle, role: Role): Promise<number> {
  const { fortress, recovery } = battle;
  const other = await fortress.recruit(role);
  const frozen = fortress.guardsOf(role).find((guard) => guard !== other) ?? other;
  // both have some of the work
  await recovery.wait(`a second ${role} came`, performance.now());
  sendSignal(frozen.process.pid, 'SIGSTOP');
  await sleep(zombieMs);
  sendSignal(frozen.process.pid, 'SIGCONT');
  const wokenAt = performance.now();
  await recovery.wait(`a ${role} woke up`, wokenAt);
  const dismissedAt = performance.now();
  await dismiss(battle, frozen);
  return dismissedAt;
}

/** 1 → 3 → 1; who is left is a new one, and who followed a stream at another follows it there. */
export async function rebalance(battle: Battle, role: Role): Promise<number> {
  const { fortress, field, recovery } = battle;
  let from = 0;
  await unnoticed(battle, `${role} went from one to three and back`, async () => {
    const old = fortress.guardsOf(role);
    const another = await fortress.recruit(role);
    await fortress.recruit(role);
    await recovery.wait(`three of ${role}`, performance.now());
    const connections = field.followers.map((follower) => follower.connections);
    from = performance.now();
    for (const guard of [...old, another]) await dismiss(battle, guard);
    const areBack = (): boolean => field.followers.every((each, n) => each.connections > (connections[n] ?? 0));
    if (role === 'channels') await waitFor('all streams to be opened at the one that is left', areBack, followersMs);
  });
  return from;
}

/** One role after the other. */
export async function replaceAll(battle: Battle): Promise<number> {
  await unnoticed(battle, 'every role was replaced', async () => {
    for (const role of roles) await replace(battle, role);
  });
  return performance.now();
}

/** From the release before to this one, back, and here again, on the schema of this one. */
export async function upgrade(battle: Battle): Promise<number> {
  const { fortress, recovery } = battle;
  await fortress.migrate('this');
  for (const release of ['this', 'earlier', 'this'] as const) {
    await unnoticed(battle, `every role became one of ${release} release`, async () => {
      fortress.release = release;
      for (const role of roles) {
        await replace(battle, role);
        await recovery.wait(`the ${role} is of ${release} release`, performance.now());
      }
    });
  }
  return performance.now();
}

async function replace(battle: Battle, role: Role): Promise<void> {
  const [old] = battle.fortress.guardsOf(role);
  await battle.fortress.recruit(role);
  if (old !== undefined) await dismiss(battle, old);
}
