import { setTimeout as sleep } from 'node:timers/promises';
import { leaderOf } from '../../libs/event-log/test/leader-of.js';
import { writePoison } from '../../libs/event-log/test/write-poison.js';
import { withDatabase } from '../harness/embedded-database.js';
import { roles, type Role } from '../harness/role-environment.js';
import { THROTTLES, UNPROVEN } from '../harness/fault-cases.js';
import type { LogLine } from '../harness/log-lines.js';
import { only } from '../harness/only.js';
import { sendSignal } from '../harness/process-tree.js';
import { waitFor } from '../harness/wait-for.js';
import type { Fortress, Guard } from './fortress.js';
import type { KafkaSettings } from './kafka-settings.js';
import { Recovery } from './recovery.js';
import type { Attack, Field } from './form.js';

const calm = { least: 200, most: 1_500 };
/** A lease lasts 10 s (libs/event-log/src/postgres). */
const zombieMs = 12_000;
const graphMs = 60_000;
const poisonMs = 60_000;
const allBrokers = [1, 2, 3];
const consumers = ['projector', 'sender'] as const;

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

  /** A poison record that was put aside. */
  expects({ msg }: LogLine): boolean {
    return this.settings.poisons > 0 && msg.startsWith('projector dead-lettered channel.events/');
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
    const { settings } = this;
    const times = (count: number, what: string, happen: () => Promise<number>): Fault[] =>
      Array.from({ length: count }, () => ({ what, happen }));
    const once = (ms: number): number => Math.min(1, ms);
    const { brokersAwayMs, postgresAwayMs } = settings;
    return [
      ...roles.flatMap((role) => times(settings.kills, `killed the ${role}`, () => this.killRole(role))),
      ...consumers.flatMap((role) => times(settings.zombies, `let a woken ${role} go`, () => this.freezeRole(role))),
      ...consumers.flatMap((role) => times(settings.rebalances, `one ${role} is left`, () => this.rebalance(role))),
      ...times(settings.leaderKills, 'began to start it again', () => this.killLeader()),
      ...times(once(brokersAwayMs), 'all brokers came back', () => this.killBrokers(brokersAwayMs)),
      ...times(settings.postgresRestarts, 'PostgreSQL was restarted', () => this.stopPostgres(0)),
      ...times(once(postgresAwayMs), 'PostgreSQL came back', () => this.stopPostgres(postgresAwayMs)),
      ...times(settings.graphFaults, 'Facebook failed in all its ways', () => this.failGraph()),
      ...times(once(settings.poisons), 'poison was put aside', () => this.poison(settings.poisons)),
      ...times(settings.rollings, 'every role was replaced', () => this.replaceAll()),
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

  /** 1 → 3 → 1. */
  private async rebalance(role: Role): Promise<number> {
    const more = [await this.fortress.recruit(role), await this.fortress.recruit(role)];
    await this.recovery.wait(`three of ${role}`, performance.now());
    const from = performance.now();
    for (const guard of more) await this.dismiss(guard);
    return from;
  }

  /** One role after the other; nobody who calls may notice. */
  private async replaceAll(): Promise<number> {
    const { fortress, field } = this;
    const before = field.poster.repeated + field.agents.repeated;
    for (const role of roles) {
      const [old] = fortress.guardsOf(role);
      await fortress.recruit(role);
      if (old !== undefined) await this.dismiss(old);
    }
    const again = field.poster.repeated + field.agents.repeated - before;
    if (again > 0) this.own.push(`${again} calls had to be made again while every role was replaced`);
    return performance.now();
  }

  private async failGraph(): Promise<number> {
    for (const [, fault] of [...UNPROVEN, ...THROTTLES]) await this.fortress.facebook.fail(fault);
    const used = this.field.agents.sent.length + UNPROVEN.length + THROTTLES.length;
    await waitFor('so many sends', () => this.field.agents.sent.length >= used, graphMs);
    return performance.now();
  }

  private async poison(count: number): Promise<number> {
    const { cluster, home } = this.fortress;
    await writePoison(cluster.brokers, 'parley.channel.events', count);
    const from = performance.now();
    const sql = `select count(*)::integer as count from log_records where topic = 'channel.events.dead-letter'`;
    const aside = (): Promise<boolean> =>
      withDatabase(home, async (database) => only(await database.query<{ count: number }>(sql)).count === count);
    await waitFor('exactly the poison to be put aside', aside, poisonMs);
    return from;
  }

  private async stopPostgres(ms: number): Promise<number> {
    const before = this.field.poster.answered;
    await this.fortress.stopPostgres();
    await sleep(ms);
    if (ms > 0 && this.field.poster.answered === before)
      this.own.push('nothing was answered while PostgreSQL was away');
    await this.fortress.startPostgres();
    return performance.now();
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
