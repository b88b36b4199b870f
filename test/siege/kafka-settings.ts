import { randomInt } from 'node:crypto';
import { readOver, type LoadSettings } from './siege-settings.js';

/** Of one process per role, on Kafka or on PostgreSQL alone. */
export interface KafkaSettings extends LoadSettings {
  /** 0: the log is in PostgreSQL, and nothing happens to brokers. */
  readonly brokers: number;
  /** The load goes on so long at least, however few the faults are. */
  readonly leastMs: number;
  /** Of each role, by SIGKILL. */
  readonly kills: number;
  /** Of a broker that leads, by SIGKILL; it comes back when all flows without it. */
  readonly leaderKills: number;
  /** Of a projector and of a sender: frozen until another one has its leases, and woken. */
  readonly zombies: number;
  /** All brokers killed, and started again after so long. 0: never. */
  readonly brokersAwayMs: number;
  /** Stopped and started at once. */
  readonly postgresRestarts: number;
  /** Stopped, and started again after so long. 0: never. */
  readonly postgresAwayMs: number;
  /** So long PostgreSQL refuses every new connection, behind the loss of all that there were. 0: never. */
  readonly exhaustedMs: number;
  /** Of a transaction of the projector, of channels and of the sender, provoked from outside. */
  readonly deadlocks: number;
  /** So long a broker that leads stands still most of the time. 0: never. */
  readonly slowBrokerMs: number;
  /** Each way in which Graph leaves it open what became of a send, or wants to be left alone, so often. */
  readonly graphFaults: number;
  /** Of each role, from one to three and back. */
  readonly rebalances: number;
  /** Every process replaced by a new one, while nobody who calls may notice. */
  readonly rollings: number;
  /** Every process replaced by one of this release, of the earlier one that it began with, and of this one again. */
  readonly upgrades: number;
  /** So many records of which nobody can make anything are written to Kafka among the others. */
  readonly poisons: number;
}

const shortForm: Omit<KafkaSettings, 'seed'> = {
  events: 3_000,
  brokers: 3,
  leastMs: 0,
  kills: 1,
  leaderKills: 1,
  zombies: 0,
  brokersAwayMs: 5_000,
  postgresRestarts: 0,
  postgresAwayMs: 0,
  exhaustedMs: 0,
  deadlocks: 0,
  slowBrokerMs: 0,
  graphFaults: 0,
  rebalances: 0,
  rollings: 0,
  upgrades: 0,
  poisons: 0,
  writers: 60,
  readers: 40,
  eventsPerSecond: 80,
  sendsPerSecond: 10,
  settleMs: 75_000,
  limitMs: 235_000,
  slowDiskMs: 0,
  snapshotMs: 0,
  clockMs: 0,
};

/** The short form of `npm test`, but for what `PARLEY_SIEGE` says otherwise (tools/setup/siege-forms.mjs). */
export function readKafkaSettings(text = '{}'): KafkaSettings {
  return readOver({ ...shortForm, seed: randomInt(1, 2 ** 31) }, text);
}
