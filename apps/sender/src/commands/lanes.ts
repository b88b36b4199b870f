import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { takeTurn, tellDoubts, type SenderHouse } from '#libs/conversations';
import { sendStore, type LaneKey } from '#libs/database';
import { Platform } from '#libs/platform';
import { DoubtTurn } from './doubt-turn.js';
import { SendTurn } from './send-turn.js';

/** Between two looks for what is due: retries, lost wake-ups, sends of a sender that died. */
const sweepMs = 500;
/** Calls at once; the others wait their turn in this process. */
const maxLanes = 64;

/** Serves conversations side by side, each in its own order: one call at a time for each. */
@Injectable()
export class Lanes implements OnModuleDestroy {
  private readonly queue = new Map<string, LaneKey>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(SendTurn) private readonly sendTurn: SendTurn,
    @Inject(DoubtTurn) private readonly doubtTurn: DoubtTurn,
  ) {}

  /** Looks for what is due, from now on. */
  begin(): void {
    this.sweeping = this.sweep();
  }

  /** Stops taking turns; those that were taken are ended. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    this.queue.clear();
    await this.sweeping;
    await Promise.all(this.running.values());
  }

  wake({ conversation_id, workspace_id }: LaneKey): void {
    this.queue.set(conversation_id, { conversation_id, workspace_id });
    this.start();
  }

  private start(): void {
    for (const [id, lane] of this.queue) {
      if (this.stop.signal.aborted || this.running.size >= maxLanes) return;
      // a lane that runs looks again when it ends
      if (this.running.has(id)) continue;
      this.queue.delete(id);
      const run = this.serve(lane).finally(() => {
        this.running.delete(id);
        this.start();
      });
      this.running.set(id, run);
    }
  }

  private async serve(lane: LaneKey): Promise<void> {
    try {
      const house = this.house();
      while (!this.stop.signal.aborted) {
        const committedAfterMs = performance.now();
        const turn = await takeTurn(house, lane);
        if (turn === null) return;
        if (turn.kind === 'send') await this.sendTurn.run(house, turn, committedAfterMs);
        else await this.doubtTurn.run(house, turn, committedAfterMs);
      }
    } catch (error) {
      // nothing is lost: the lane is due again when its time is over, and the sweep finds it
      this.platform.logger.warn({ err: error, conversation_id: lane.conversation_id }, 'a turn could not be ended');
    }
  }

  private async sweep(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.tellDoubts();
        for (const lane of await sendStore.dueLanes(this.platform.database, maxLanes * 4)) this.wake(lane);
      } catch (error) {
        this.platform.logger.warn({ err: error }, 'the sweep for due sends failed and is repeated');
      }
      await delay(sweepMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** After a backup was put back. */
  private async tellDoubts(): Promise<void> {
    const told = await tellDoubts(this.house());
    if (told > 0) this.platform.logger.error({ sends: told }, 'a backup was put back: these sends are unknown now');
  }

  private house(): SenderHouse {
    const { database, log, processId, publicUrl } = this.platform;
    return {
      database,
      log,
      owner: processId,
      publicUrl,
      now: () => this.platform.now(),
      connectorOf: (source) => this.platform.connectorOf(source),
    };
  }
}
