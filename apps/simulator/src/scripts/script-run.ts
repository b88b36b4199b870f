import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAct, type PlayActs } from '../customers/play-acts.js';
import type { Arrivals } from '../world/arrivals.js';
import type { Customer } from '../world/customer.js';
import type { Page } from '../world/page.store.js';
import { Ears, type Heard } from './ears.js';
import { fitsWanted } from './fits-wanted.js';
import type { ScriptOrder, Step } from './script.schema.js';

export interface Progress {
  readonly psid: string;
  state: 'running' | 'finished' | 'failed';
  /** How many steps are done. */
  steps_done: number;
  failure: string | null;
  /** The mids of what the customer did. */
  readonly acted: string[];
  readonly received: readonly Heard[];
}

interface Part {
  readonly page: Page;
  readonly customer: Customer;
  readonly progress: Progress;
  readonly ears: Ears;
  /** The message last waited for. */
  about?: string | undefined;
}

interface Means {
  readonly acts: PlayActs;
  readonly arrivals: Arrivals;
}

/** One script, played by many customers at once. */
export class ScriptRun {
  readonly customers: Progress[] = [];
  readonly over: Promise<void>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly order: ScriptOrder,
    private readonly means: Means,
    page: Page,
    customers: readonly Customer[],
  ) {
    // One for each customer who waits.
    setMaxListeners(0, this.stopping.signal);
    const parts = customers.map((customer) => this.cast(page, customer));
    this.over = Promise.all(parts.map((part, n) => this.play(part, n * order.stagger_ms))).then(() => undefined);
  }

  get state(): Progress['state'] {
    if (this.customers.some(({ state }) => state === 'running')) return 'running';
    return this.customers.some(({ state }) => state === 'failed') ? 'failed' : 'finished';
  }

  stop(): void {
    this.stopping.abort();
  }

  private cast(page: Page, customer: Customer): Part {
    const ears = new Ears();
    const rest = { steps_done: 0, failure: null, acted: [], received: ears.heard };
    const progress: Progress = { psid: customer.psid, state: 'running', ...rest };
    this.customers.push(progress);
    return { page, customer, progress, ears };
  }

  private async play(part: Part, delayMs: number): Promise<void> {
    const { progress, ears } = part;
    const deafen = this.means.arrivals.listen(part.page, part.customer, ears.hear);
    try {
      await this.pause(delayMs);
      for (const step of this.order.steps) {
        await this.step(step, part);
        progress.steps_done += 1;
      }
      progress.state = 'finished';
    } catch (error) {
      progress.failure = error instanceof Error ? error.message : String(error);
      progress.state = 'failed';
    } finally {
      deafen();
    }
  }

  private async step(step: Step, part: Part): Promise<void> {
    if ('wait_ms' in step) await this.pause(Number(step.wait_ms));
    else if ('wait_for' in step) await this.waitFor(step as Extract<Step, { wait_for: unknown }>, part);
    else if ('expect_nothing_ms' in step) await this.expectNothing(Number(step.expect_nothing_ms), part);
    else await this.act(step, part);
    if (this.stopping.signal.aborted) throw new Error('The script was stopped');
  }

  private async act({ act, ...order }: Extract<Step, { act: unknown }>, part: Part): Promise<void> {
    const { page, customer, about } = part;
    const played = this.means.acts.play(readAct(act, order), { page, customer, about });
    if (played.mid !== undefined) part.progress.acted.push(played.mid);
    const { outcome } = await played.webhook;
    if (outcome !== 'delivered') throw new Error(`The webhook of ${act} was not delivered: ${outcome}`);
  }

  private async waitFor(step: Extract<Step, { wait_for: unknown }>, part: Part): Promise<void> {
    const timeoutMs = step.timeout_ms ?? this.order.timeout_ms;
    const fits = fitsWanted.bind(null, step.wait_for);
    const arrival = await part.ears.next(fits, timeoutMs, this.stopping.signal);
    if (arrival === undefined) {
      throw new Error(`Nothing that fits ${JSON.stringify(step.wait_for)} came within ${String(timeoutMs)} ms`);
    }
    part.about = arrival.mid ?? part.about;
  }

  private async expectNothing(ms: number, part: Part): Promise<void> {
    const arrival = await part.ears.next(fitsWanted.bind(null, {}), ms, this.stopping.signal);
    if (arrival !== undefined) throw new Error(`Nothing was expected, but this came: ${JSON.stringify(arrival)}`);
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stopping.signal });
  }
}
