import { BadRequestException, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { findCustomer, findPage } from '../customers/find-customer.js';
import { PlayActs, readAct } from '../customers/play-acts.js';
import { Arrivals } from '../world/arrivals.js';
import { PageStore } from '../world/page.store.js';
import type { ScriptOrder } from './script.schema.js';
import { ScriptRun } from './script-run.js';

/** Older ones are stopped and forgotten. */
const KEPT = 50;

@Injectable()
export class ScriptStore implements OnModuleDestroy {
  private readonly runs = new Map<string, ScriptRun>();
  private next = 1;

  constructor(
    private readonly pages: PageStore,
    private readonly acts: PlayActs,
    private readonly arrivals: Arrivals,
  ) {}

  run(order: ScriptOrder): { id: string; run: ScriptRun } {
    order.steps.forEach(checkStep);
    const page = findPage(this.pages, order.page_id);
    const known = order.psids?.map((psid) => findCustomer(page, psid));
    const customers = known ?? Array.from({ length: order.customers ?? 1 }, () => this.pages.createCustomer(page, {}));
    const id = `script_${String(this.next++)}`;
    const run = new ScriptRun(order, { acts: this.acts, arrivals: this.arrivals }, page, customers);
    this.runs.set(id, run);
    this.forgetOldest();
    return { id, run };
  }

  find(id: string): ScriptRun {
    const run = this.runs.get(id);
    if (run === undefined)
      throw new BadRequestException(`There is no script ${id}; the newest ${String(KEPT)} are kept`);
    return run;
  }

  onModuleDestroy(): void {
    for (const run of this.runs.values()) run.stop();
  }

  private forgetOldest(): void {
    const [oldest] = this.runs;
    if (this.runs.size <= KEPT || oldest === undefined) return;
    oldest[1].stop();
    this.runs.delete(oldest[0]);
  }
}

/** A script that cannot be played is refused before it begins. */
function checkStep(step: ScriptOrder['steps'][number], index: number): void {
  if (!('act' in step)) return;
  const { act, ...order } = step as { act: string };
  try {
    readAct(act, order);
  } catch (error) {
    throw new BadRequestException(`steps: ${String(index)}: ${(error as Error).message}`);
  }
}
