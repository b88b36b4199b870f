import { setTimeout as sleep } from 'node:timers/promises';
import { writePoison } from '../../libs/event-log/test/write-poison.js';
import { withDatabase } from '../harness/embedded-database.js';
import type { LogLine } from '../harness/log-lines.js';
import { only } from '../harness/only.js';
import { roles } from '../harness/role-environment.js';
import { waitFor } from '../harness/wait-for.js';
import type { Battle } from './battle.js';
import { BrokerFaults } from './broker-faults.js';
import { DatabaseFaults } from './database-faults.js';
import type { Attack, Field } from './form.js';
import type { Fortress } from './fortress.js';
import { failGraph } from './graph-faults.js';
import type { KafkaSettings } from './kafka-settings.js';
import { Recovery } from './recovery.js';
import { freezeRole, killRole, rebalance, replaceAll, upgrade } from './role-faults.js';
import type { Deadlock } from './server-log.js';
import { Slowness } from './slowness.js';

const calm = { least: 200, most: 1_500 };
const poisonMs = 60_000;
const consumers = ['projector', 'sender'] as const;
const deadlocked = ['projector', 'channels', 'sender'] as const;

interface Fault {
  readonly what: string;
  /** Answers performance.now() of when recovery began. */
  readonly happen: () => Promise<number>;
}

/** What happens to the fortress, one after the other, each until all flows again. */
export class KafkaFaults implements Attack {
  private readonly battle: Battle;
  private readonly slowness: Slowness;
  private readonly brokers: BrokerFaults;
  private readonly database: DatabaseFaults;
  private count = 0;

  constructor(
    fortress: Fortress,
    field: Field,
    private readonly settings: KafkaSettings,
  ) {
    this.battle = { fortress, field, recovery: new Recovery(field), complaints: [] };
    this.slowness = new Slowness(field);
    this.brokers = new BrokerFaults(this.battle, this.slowness);
    this.database = new DatabaseFaults(this.battle);
  }

  get lines(): readonly string[] {
    const { longestMs } = this.battle.recovery;
    return [
      `faults   ${this.count}, longest time until all flowed again ${(longestMs / 1000).toFixed(1)} s`,
      ...this.slowness.lines,
      ...this.database.lines,
    ];
  }

  get complaints(): readonly string[] {
    const { complaints, recovery } = this.battle;
    return [...complaints, ...recovery.complaints, ...this.slowness.complaints, ...this.database.complaints];
  }

  /** A poison record that was put aside. */
  expects({ msg }: LogLine): boolean {
    return this.settings.poisons > 0 && msg.startsWith('projector dead-lettered channel.events/');
  }

  expectsDeadlock(deadlock: Deadlock): boolean {
    return this.database.expects(deadlock);
  }

  async run(): Promise<void> {
    const { field, recovery } = this.battle;
    const { dice } = field;
    const least = sleep(this.settings.leastMs, undefined, { ref: false });
    for (const { what, happen } of dice.shuffle(this.plan())) {
      await sleep(dice.between(calm.least, calm.most));
      this.count += 1;
      await recovery.wait(what, await happen());
    }
    await this.brokers.rest();
    await least;
  }

  private plan(): Fault[] {
    return [...this.planForRoles(), ...this.planForBrokers(), ...this.planForDatabase(), ...this.planForTheRest()];
  }

  private planForRoles(): Fault[] {
    const { battle, settings } = this;
    return [
      ...roles.flatMap((role) => times(settings.kills, `killed the ${role}`, () => killRole(battle, role))),
      ...consumers.flatMap((role) => times(settings.zombies, `let a woken ${role} go`, () => freezeRole(battle, role))),
      ...roles.flatMap((role) => times(settings.rebalances, `one ${role} is left`, () => rebalance(battle, role))),
      ...times(settings.rollings, 'every role was replaced', () => replaceAll(battle)),
      ...times(settings.upgrades, 'every role is of this release', () => upgrade(battle)),
    ];
  }

  private planForBrokers(): Fault[] {
    const { brokers } = this;
    const { leaderKills, brokersAwayMs, slowBrokerMs } = this.settings;
    return [
      ...times(leaderKills, 'began to start it again', () => brokers.killLeader()),
      ...times(once(brokersAwayMs), 'all brokers came back', () => brokers.killAll(brokersAwayMs)),
      ...times(once(slowBrokerMs), 'a slow broker is well', () => brokers.slowDown(slowBrokerMs)),
    ];
  }

  private planForDatabase(): Fault[] {
    const { database } = this;
    const { postgresRestarts, postgresAwayMs, exhaustedMs, deadlocks } = this.settings;
    return [
      ...times(postgresRestarts, 'PostgreSQL was restarted', () => database.stop(0)),
      ...times(once(postgresAwayMs), 'PostgreSQL came back', () => database.stop(postgresAwayMs)),
      ...times(once(exhaustedMs), 'PostgreSQL has connections again', () => database.exhaust(exhaustedMs)),
      ...deadlocked.flatMap((role) => times(deadlocks, `a deadlock of the ${role}`, () => database.deadlock(role))),
    ];
  }

  private planForTheRest(): Fault[] {
    const { graphFaults, poisons } = this.settings;
    return [
      ...times(graphFaults, 'Facebook failed in all its ways', () => failGraph(this.battle)),
      ...times(once(poisons), 'poison was put aside', () => this.poison(poisons)),
    ];
  }

  private async poison(count: number): Promise<number> {
    const { cluster, home } = this.battle.fortress;
    await writePoison(cluster.brokers, 'parley.channel.events', count);
    const from = performance.now();
    const sql = `select count(*)::integer as count from log_records where topic = 'channel.events.dead-letter'`;
    const aside = (): Promise<boolean> =>
      withDatabase(home, async (database) => only(await database.query<{ count: number }>(sql)).count === count);
    await waitFor('exactly the poison to be put aside', aside, poisonMs);
    return from;
  }
}

function times(count: number, what: string, happen: () => Promise<number>): Fault[] {
  return Array.from({ length: count }, () => ({ what, happen }));
}

/** Of what lasts so long; 0: never. */
function once(ms: number): number {
  return Math.min(1, ms);
}
