import { setFacebookClock } from '../harness/facebook-items.js';
import { waitFor } from '../harness/wait-for.js';
import { HeldSnapshot } from './held-snapshot.js';
import { forgetFlushes, readClocks, readFlushes, timeFlushes } from './siege-database.js';
import type { SiegeSettings } from './siege-settings.js';
import { countOnSlowDisk, type SlowDisk } from './slow-disk.js';
import type { Measured, Stronghold } from './stronghold.js';

/** A snapshot is taken anew after each kill. */
const snapshotPatienceMs = 60_000;
const clockToleranceMs = 60_000;

type Setting = Pick<SiegeSettings, 'snapshotMs' | 'clockMs'> & Pick<SlowDisk, 'slowDiskMs' | 'whyNot'>;

/** What the world is like meanwhile: a slow disk, somebody who holds a snapshot, two clocks. Measured in the end, not believed. */
export class Conditions {
  private constructor(
    private readonly stronghold: Stronghold,
    private readonly setting: Setting,
    private readonly snapshot: HeldSnapshot,
  ) {}

  static async set(stronghold: Stronghold, setting: Setting): Promise<Conditions> {
    setFacebookClock(setting.clockMs);
    await stronghold.facebook.change({ clock_offset_ms: setting.clockMs });
    await timeFlushes(stronghold.home);
    return new Conditions(stronghold, setting, new HeldSnapshot(stronghold.home, setting.snapshotMs));
  }

  start(): void {
    if (this.setting.snapshotMs > 0) this.snapshot.start();
  }

  /** The faults are over. Until a snapshot was held as long as is wanted: the load goes on. */
  async ripen(): Promise<void> {
    const { snapshotMs } = this.setting;
    const isRipe = (): boolean => this.snapshot.oldest.ms >= snapshotMs;
    await waitFor(`a snapshot to be held for ${snapshotMs} ms`, isRipe, snapshotMs + snapshotPatienceMs);
    // a flush of a frozen process took as long as it was frozen
    await forgetFlushes(this.stronghold.home);
  }

  async measure(): Promise<Measured> {
    const parts = [await this.measureDisk(), this.measureSnapshot(), await this.measureClocks()];
    return { lines: parts.map(({ line }) => line), complaints: parts.flatMap(({ complaints }) => complaints) };
  }

  async stop(): Promise<void> {
    await this.snapshot.stop();
    setFacebookClock(0);
  }

  private async measureDisk(): Promise<Part> {
    const { slowDiskMs, whyNot } = this.setting;
    const { count, meanMs } = await readFlushes(this.stronghold.home);
    const measured = `${meanMs.toFixed(1)} ms by PostgreSQL's measure of the last ${count}`;
    if (slowDiskMs === 0)
      return {
        line: `disk     as it is${whyNot === undefined ? '' : `, because ${whyNot}`}: ${measured}`,
        complaints: [],
      };
    const { on, off } = countOnSlowDisk(this.stronghold.pids);
    return {
      line: `disk     ${slowDiskMs} ms added to each flush of ${on} processes: ${measured}`,
      complaints: off > 0 || meanMs < slowDiskMs ? [`the disk was not slow, and not at all for ${off} processes`] : [],
    };
  }

  private measureSnapshot(): Part {
    const { taken, oldest, complaints } = this.snapshot;
    if (this.setting.snapshotMs === 0) return { line: 'snapshot none held', complaints };
    return {
      line: `snapshot held all the while, ${taken} one after the other, the oldest for ${(oldest.ms / 1000).toFixed(1)} s and ${oldest.transactions} transactions`,
      complaints: [...complaints, ...(oldest.transactions === 0 ? ['nothing happened behind a held snapshot'] : [])],
    };
  }

  private async measureClocks(): Promise<Part> {
    const { clockMs } = this.setting;
    const { inboundMs, outboundMs } = await readClocks(this.stronghold.home);
    const isAstray = [inboundMs, outboundMs].some((ms) => Math.abs(ms - clockMs) > clockToleranceMs);
    return {
      line: `clock    Facebook's ${clockMs / 1000} s ahead; by stored messages ${inDecimal(inboundMs)} s (theirs), ${inDecimal(outboundMs)} s (ours)`,
      complaints: isAstray ? ['the clocks were not as they should be'] : [],
    };
  }
}

interface Part {
  readonly line: string;
  readonly complaints: readonly string[];
}

function inDecimal(ms: number): string {
  // without a minus before 0.0
  return (Math.round(ms / 100) / 10 + 0).toFixed(1);
}
