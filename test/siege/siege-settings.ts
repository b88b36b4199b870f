import { randomInt } from 'node:crypto';

/** What a siege of any form is made of; everything else is chance, which the seed brings back. */
export interface LoadSettings {
  readonly seed: number;
  /** At least so many webhook events; they go on until the last fault is over. */
  readonly events: number;
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
  /** Added to every flush to disk, of PostgreSQL and of Parley. */
  readonly slowDiskMs: number;
  /** A snapshot of the database is held open all the while, and the siege goes on until one was so old. 0: none. */
  readonly snapshotMs: number;
  /** How far Facebook's clock is ahead of ours; negative: behind. */
  readonly clockMs: number;
}

/** Of everything in one process. */
export interface SiegeSettings extends LoadSettings {
  /** Of the whole process group, PostgreSQL included, by SIGKILL. */
  readonly kills: number;
  /** By SIGSTOP for half a second to four: Parley, one connection's PostgreSQL process, or everything. */
  readonly freezes: number;
  /** So long PostgreSQL alone is frozen, once. */
  readonly outageMs: number;
}

const tenMinutesMs = 600_000;

/** Under every condition at once; which clock is ahead is in the seed. */
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
  slowDiskMs: 5,
  snapshotMs: 10_000,
  clockMs: tenMinutesMs,
};

/** The short form, but for what `PARLEY_SIEGE` (JSON, written by tools/setup/run-faults.mjs) says otherwise. */
export function readSettings(text = '{}'): SiegeSettings {
  const seed = (JSON.parse(text) as Partial<SiegeSettings>).seed ?? randomInt(1, 2 ** 31);
  return readOver({ ...shortForm, clockMs: seed % 2 === 0 ? tenMinutesMs : -tenMinutesMs, seed }, text);
}

/** What a form says, and what is given over it. */
export function readOver<Settings extends LoadSettings>(form: Settings, text: string): Settings {
  const settings = { ...form, ...(JSON.parse(text) as Partial<Settings>) };
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in form)) throw new Error(`A siege has no setting ${name}`);
    if (typeof value !== 'number' || !Number.isFinite(value) || (value < 0 && name !== 'clockMs'))
      throw new Error(`${name} has to be a number, not ${String(value)}`);
  }
  return settings;
}
