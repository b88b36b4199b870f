import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Dice } from '../world/dice.js';
import { SettingsStore } from '../world/settings.store.js';
import { DeliverParcels } from './deliver-parcels.js';
import { Lanes } from './lanes.js';
import type { Parcel } from './parcel.js';

interface Waiting {
  readonly parcel: Parcel;
  readonly done: () => void;
}

/**
 * One item a POST, in the order of its conversation, other conversations beside it. With batches or disorder: gathers items
 * for a while, lets neighbours change places, and posts the batches one after the other.
 */
@Injectable()
export class Outbox implements OnModuleDestroy {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: SettingsStore,
    private readonly lanes: Lanes,
    private readonly deliverParcels: DeliverParcels,
    private readonly dice: Dice,
  ) {}

  /** Resolves when the item was taken or lost. */
  carry(parcel: Parcel): Promise<void> {
    const { webhook_batch: batch, webhook_disorder: disorder } = this.settings.current;
    if (batch > 1 || disorder > 1) return this.gather(parcel, Math.max(batch, disorder));
    const { page_id: pageId, psid } = parcel.record;
    return this.lanes.run(`${String(pageId)}:${String(psid)}`, () => this.deliverParcels.deliver([parcel]));
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  private gather(parcel: Parcel, enough: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ parcel, done: resolve });
      if (this.waiting.length >= enough) this.flush();
      else this.timer ??= setTimeout(this.flush, this.settings.current.webhook_window_ms);
    });
  }

  private readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { webhook_batch: batch, webhook_disorder: disorder } = this.settings.current;
    const mixed = cut(this.waiting, disorder).flatMap((group) => this.dice.shuffle('disorder', group));
    this.waiting = [];
    for (const group of cut(mixed, batch)) void this.lanes.run('outbox', () => this.deliver(group));
  };

  private async deliver(group: readonly Waiting[]): Promise<void> {
    await this.deliverParcels.deliver(group.map(({ parcel }) => parcel));
    for (const { done } of group) done();
  }
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
