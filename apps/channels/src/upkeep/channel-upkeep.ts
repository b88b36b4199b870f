import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { keepChannel } from '#libs/conversations';
import { channelUpkeepStore, type DueChannel } from '#libs/database';
import { Platform } from '#libs/platform';

/** Between two looks for what is due. */
const sweepMs = 15_000;
/** Looked after side by side. */
const maxChannels = 8;
/** A look at a channel that ends later is fenced off by its lease: nobody has to wait for a source that hangs. */
const stopMs = 3_000;

/** Finishes what a crash left between connected and disconnected, and keeps the subscriptions of the connected. */
@Injectable()
export class ChannelUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.sweep();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    const patience = new AbortController();
    await Promise.race([this.sweeping, delay(stopMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }

  /** Looks after everything that is due now; of several processes each channel has one. */
  async round(): Promise<void> {
    let due: readonly DueChannel[];
    do {
      due = await channelUpkeepStore.claimDueInAnyWorkspace(this.platform.database, maxChannels);
      await Promise.all(due.map((row) => this.keep(row)));
    } while (due.length === maxChannels && !this.stop.signal.aborted);
  }

  private async keep(row: DueChannel): Promise<void> {
    try {
      await keepChannel(this.platform, this.platform.connectorOf(row.source), row);
    } catch (error) {
      // its lease runs out, and the channel is due again
      this.platform.logger.warn({ err: error, channel_id: row.id, state: row.state }, 'a channel could not be kept');
    }
  }

  private async sweep(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.platform.logger.warn({ err: error }, 'the upkeep of channels failed and is repeated');
      }
      await delay(sweepMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}
