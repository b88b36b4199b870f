import { randomInt } from 'node:crypto';

/** What a siege is made of; everything else is chance, which the seed brings back. */
export interface SiegeSettings {
  readonly seed: number;
  /** At least so many webhook events; they go on until the last fault is over. */
  readonly events: number;
  /** Of the whole process group, PostgreSQL included, by SIGKILL. */
  readonly kills: number;
  /** By SIGSTOP for half a second to four: Parley, one connection's PostgreSQL process, or everything. */
  readonly freezes: number;
  /** So long PostgreSQL alone is frozen, once. */
  readonly outageMs: number;
  /** Customers who write, and customers who are written to. */
  readonly writers: number;
  readonly readers: number;
  /** While faults happen; what is left of `events` comes as fast as it can. */
  readonly eventsPerSecond: number;
  readonly sendsPerSecond: number;
  /** After the last fault: the rest of `events`, and the time until nothing is open any more. */
  readonly settleMs: number;
  /** Of the whole siege. */
  readonly limitMs: number;
}

const shortForm: Omit<SiegeSettings, 'seed'> = {
  events: 5_000,
  kills: 5,
  freezes: 3,
  outageMs: 10_000,
  writers: 60,
  readers: 40,
  eventsPerSecond: 250,
  sendsPerSecond: 15,
  settleMs: 75_000,
  limitMs: 175_000,
};

/** The short form, but for what `PARLEY_SIEGE` (JSON, written by tools/setup/run-faults.mjs) says otherwise. */
export function readSettings(text = '{}'): SiegeSettings {
  const settings = { ...shortForm, seed: randomInt(1, 2 ** 31), ...(JSON.parse(text) as Partial<SiegeSettings>) };
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in shortForm) && name !== 'seed') throw new Error(`A siege has no setting ${name}`);
    if (!Number.isFinite(value) || value < 0) throw new Error(`${name} has to be a number, not ${String(value)}`);
  }
  return settings;
}
