import { setTimeout as sleep } from 'node:timers/promises';
import { leaderOf } from '../../libs/event-log/test/leader-of.js';
import { roles, type Role } from '../harness/role-environment.js';
import { sendSignal } from '../harness/process-tree.js';
import type { Fortress, Guard } from './fortress.js';
import type { KafkaSettings } from './kafka-settings.js';
import { Recovery } from './recovery.js';
import type { Attack, Field } from './stronghold.js';

const calm = { least: 200, most: 1_500 };
/** A lease lasts 10 s (libs/event-log/src/postgres). */
const zombieMs = 12_000;
const allBrokers = [1, 2, 3];

interface Fault {
  readonly what: string;
  /** Answers performance.now() of when recovery began. */
  readonly happen: () => Promise<number>;
}

/** What happens to the fortress, one after the other, each until all flows again. */
export class KafkaFaults implements Attack {
  private readonly recovery: Recovery;
  private readonly own: string[] = [];
  private count = 0;
  /** Of a broker that was killed. */
  private returning: Promise<void> = Promise.resolve();

  constructor(
    private readonly fortress: Fortress,
    private readonly field: Field,
    private readonly settings: KafkaSettings,
  ) {
    this.recovery = new Recovery(field);
  }

  get lines(): readonly string[] {
    return [
      `faults   ${this.count}, longest time until all flowed again ${(this.recovery.longestMs / 1000).toFixed(1)} s`,
    ];
  }

  get complaints(): readonly string[] {
    return [...this.own, ...this.recovery.complaints];
  }

  async run(): Promise<void> {
    const { dice } = this.field;
    for (const { what, happen } of dice.shuffle(this.plan())) {
      await sleep(dice.between(calm.least, calm.most));
      this.count += 1;
      await this.recovery.wait(what, await happen());
    }
    await this.returning;
  }

  private plan(): Fault[] {
    const { kills, leaderKills, zombies, brokersAwayMs } = this.settings;
    const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);
    return [
      ...roles.flatMap((role) => times(kills, { what: `killed the ${role}`, happen: () => this.killRole(role) })),
      ...times(leaderKills, { what: 'started it again', happen: () => this.killLeader() }),
      ...(['projector', 'sender'] as const).flatMap((role) =>
        times(zombies, { what: `froze a ${role} past its leases`, happen: () => this.freezeRole(role) }),
      ),
      ...times(brokersAwayMs > 0 ? 1 : 0, {
        what: `all brokers were away for ${brokersAwayMs} ms`,
        happen: () => this.killBrokers(brokersAwayMs),
      }),
    ];
  }

  private async killRole(role: Role): Promise<number> {
    const killedAt = performance.now();
    const guard = this.field.dice.draw([...this.fortress.guardsOf(role)]);
    if (guard === undefined) throw new Error(`Nobody is ${role}`);
    await this.fortress.kill(guard);
    await this.fortress.recruit(role, guard.home);
    return killedAt;
  }

  /** It begins to come back when the others have done without it. */
  private async killLeader(): Promise<number> {
    const { cluster } = this.fortress;
    await this.returning;
    const leader = await leaderOf(cluster.brokers, 'parley.channel.events', this.field.dice.below(8));
    const killedAt = performance.now();
    await cluster.kill(leader);
    await this.recovery.wait(`killed broker ${leader}`, killedAt);
    this.returning = cluster.start(leader);
    return performance.now();
  }

  /** Another one takes its work, and then it wakes and goes on where it stood still. */
  private async freezeRole(role: Role): Promise<number> {
    const { fortress } = this;
    const other = await fortress.recruit(role);
    const frozen = fortress.guardsOf(role).find((guard) => guard !== other) ?? other;
    // both have some of the work
    await this.recovery.wait(`a second ${role} came`, performance.now());
    sendSignal(frozen.process.pid, 'SIGSTOP');
    await sleep(zombieMs);
    sendSignal(frozen.process.pid, 'SIGCONT');
    const wokenAt = performance.now();
    await this.recovery.wait(`a ${role} woke up`, wokenAt);
    const dismissedAt = performance.now();
    await this.dismiss(frozen);
    return dismissedAt;
  }

  private async dismiss(guard: Guard): Promise<void> {
    const { code, signal } = await this.fortress.dismiss(guard);
    if (code !== 0) this.own.push(`a ${guard.role} that was told to stop ended with ${code ?? signal}`);
  }

  private async killBrokers(ms: number): Promise<number> {
    const { cluster } = this.fortress;
    await this.returning;
    const before = this.field.poster.answered;
    await cluster.kill(allBrokers);
    await sleep(ms);
    if (this.field.poster.answered === before) this.own.push('nothing was answered while all brokers were away');
    await cluster.start(allBrokers);
    return performance.now();
  }
}
