import { setTimeout as sleep } from 'node:timers/promises';
import { checkEvidence } from './check-evidence.js';
import type { Evidence, Stored } from './evidence.js';
import { readShown } from './read-shown.js';
import type { Camp } from './camp.js';
import { letMinutesPass, readRows } from './siege-database.js';
import { kinds, type Verdict } from './verdict.js';

const lookMs = 500;

interface Patience {
  /** Of the last start of Parley. */
  readonly lastStart: Date;
  /** performance.now() of the end of it. */
  readonly until: number;
}

/** Waits until nothing is open any more, and says what was found; whatever is still wrong at the limit stays so. */
export class Settling {
  tookMs = 0;
  /** Messages of which nobody will ever know, because the process died around their call. */
  unknown = 0;

  constructor(
    private readonly camp: Camp,
    private readonly patience: Patience,
  ) {}

  async run(): Promise<Verdict> {
    const startedAt = performance.now();
    let [before, shown, after] = await this.lookAround();
    // a late echo, or what it brought with it, came in between
    while (haveMoved(before.rows, after.rows) && !this.isOver) [before, shown, after] = await this.lookAround();
    this.tookMs = performance.now() - startedAt;
    this.unknown = shown.filter(({ state }) => state === 'unknown').length;
    return checkEvidence({ ...after, shown });
  }

  private get isOver(): boolean {
    return performance.now() >= this.patience.until;
  }

  /** At what REST shows, and before and after it at everything else. */
  private async lookAround(): Promise<[Evidence, readonly Stored[], Evidence]> {
    const { stronghold } = this.camp.besieged;
    const before = await this.heal();
    const shown = await readShown(stronghold.client);
    return [before, shown, await this.look()];
  }

  private async heal(): Promise<Evidence> {
    const { stronghold } = this.camp.besieged;
    let evidence = await this.look();
    while (mayHeal(checkEvidence({ ...evidence, shown: evidence.rows })) && !this.isOver) {
      await letMinutesPass(stronghold.home, this.patience.lastStart);
      await sleep(lookMs);
      evidence = await this.look();
    }
    return evidence;
  }

  private async look(): Promise<Evidence> {
    const { customers, agents, followers, nurse, besieged } = this.camp;
    // the calls first: what they say has to be true in what is read later
    const calls = await nurse.look();
    const rows: readonly Stored[] = await readRows(besieged.stronghold.home);
    return {
      posted: customers.posted,
      sent: agents.sent,
      unanswered: [...[...customers.open].map(({ name }) => name), ...agents.open],
      rows,
      shown: [],
      streams: followers,
      calls,
    };
  }
}

/** What is not there yet may come; what is there too often, or in the wrong place, stays. */
function mayHeal(verdict: Verdict): boolean {
  const wrong = kinds.filter((kind) => verdict[kind].length > 0);
  return wrong.length > 0 && wrong.every((kind) => kind === 'lost' || kind === 'stuck');
}

/** Rows come in an order of their own. */
function haveMoved(before: readonly Stored[], after: readonly Stored[]): boolean {
  const versions = (rows: readonly Stored[]): string => rows.map(({ id, version }) => `${id} ${version}`).join();
  return versions(before) !== versions(after);
}
