import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, sendSignal } from '../harness/process-tree.js';
import type { Product } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';
import type { Dice } from './dice.js';
import type { SiegeSettings } from './siege-settings.js';
import type { Attack, Field } from './form.js';

type Fault = 'kill' | 'freeze' | 'outage';
type Frozen = 'Parley' | 'one PostgreSQL process' | 'everything';

const calm = { least: 200, most: 2_000 };
const freezeMs = { least: 500, most: 4_000 };
const recoveryLimitMs = 90_000;

/** Kills and freezes at random instants, one after the other, each until webhooks are answered again. */
export class Faults implements Attack {
  private kills = 0;
  private freezes = 0;
  private outages = 0;
  /** Bodies answered 200 while PostgreSQL was away. */
  private answeredInOutage = 0;
  /** From a kill, or from the waking, to the next 200. */
  private longestRecoveryMs = 0;

  constructor(
    private readonly product: Product,
    private readonly field: Field,
    private readonly settings: SiegeSettings,
  ) {}

  get lines(): readonly string[] {
    return [
      `kills    ${this.kills}, freezes ${this.freezes}, outages ${this.outages} (${this.answeredInOutage} bodies answered meanwhile)`,
      `longest time to recovery ${(this.longestRecoveryMs / 1000).toFixed(1)} s`,
    ];
  }

  get complaints(): readonly string[] {
    const isSilent = this.outages > 0 && this.answeredInOutage === 0;
    return isSilent ? ['nothing was answered while PostgreSQL was away'] : [];
  }

  expects(): boolean {
    return false;
  }

  expectsDeadlock(): boolean {
    return false;
  }

  async run(): Promise<void> {
    const { dice } = this.field;
    for (const fault of planFaults(this.settings, dice)) {
      await sleep(dice.between(calm.least, calm.most));
      await this[fault]();
    }
  }

  private async kill(): Promise<void> {
    const { product } = this;
    const killedAt = performance.now();
    product.killParley();
    this.kills += 1;
    await product.startParley();
    await this.recover({ what: 'killed', since: killedAt, from: performance.now() });
  }

  private async freeze(): Promise<void> {
    const { dice } = this.field;
    const whom = dice.draw<Frozen>(['Parley', 'one PostgreSQL process', 'everything']) ?? 'Parley';
    const ms = dice.between(freezeMs.least, freezeMs.most);
    this.freezes += 1;
    await this.holdStill(this.pidsOf(whom), ms);
    await this.recover({ what: `froze ${whom} for ${ms} ms` });
  }

  private async outage(): Promise<void> {
    const { poster } = this.field;
    const before = poster.answered;
    this.outages += 1;
    await this.holdStill(
      this.postgres().map(({ pid }) => pid),
      this.settings.outageMs,
    );
    this.answeredInOutage += poster.answered - before;
    await this.recover({ what: `PostgreSQL was away for ${this.settings.outageMs} ms` });
  }

  private pidsOf(whom: Frozen): number[] {
    const parley = this.product.process.pid;
    if (whom === 'Parley') return [parley];
    if (whom === 'everything') return [parley, ...descendantsOf(parley).map(({ pid }) => pid)];
    const connection = this.field.dice.draw(
      this.postgres().filter(({ command }) => command.startsWith('postgres: parley')),
    );
    return [connection?.pid ?? parley];
  }

  private postgres(): { readonly pid: number; readonly command: string }[] {
    return descendantsOf(this.product.process.pid).filter(({ command }) => command.includes('postgres'));
  }

  private async holdStill(pids: readonly number[], ms: number): Promise<void> {
    for (const pid of pids) sendSignal(pid, 'SIGSTOP');
    try {
      await sleep(ms);
    } finally {
      for (const pid of pids) sendSignal(pid, 'SIGCONT');
    }
  }

  /** A 200 that comes behind `from` ends what began with `since`. */
  private async recover({ what, since = performance.now(), from = since }: Recovery): Promise<void> {
    const { poster, say } = this.field;
    const answered = (): boolean => poster.answeredAt > from;
    await waitFor('webhooks to be answered again', answered, recoveryLimitMs);
    const ms = poster.answeredAt - since;
    this.longestRecoveryMs = Math.max(this.longestRecoveryMs, ms);
    say(`  ${what}; a 200 after ${ms.toFixed(0)} ms (${poster.answered} so far)`);
  }
}

interface Recovery {
  readonly what: string;
  readonly since?: number;
  readonly from?: number;
}

/** The outage behind the last kill: a sender that was killed keeps its lanes for 30 s. */
function planFaults({ kills, freezes, outageMs }: SiegeSettings, dice: Dice): Fault[] {
  const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);
  const mixed = dice.shuffle([...times(kills, 'kill'), ...times(freezes, 'freeze')]);
  const place = mixed.lastIndexOf('kill') + 1;
  return mixed.toSpliced(place, 0, ...times(outageMs > 0 ? 1 : 0, 'outage'));
}
