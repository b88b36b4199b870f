import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { housekeepingStore, idempotencyStore, webhookGapStore, type Transaction } from '#libs/database';
import { trimLog } from '#libs/event-log';
import { Platform } from '#libs/platform';

/** A start has better things to do. */
const firstAfterMs = 3_000;
const everyMs = 60_000;
/** Rows of one transaction, which takes far less than the 3 s that a statement may. */
const rowsOfTurn = 1_000;
/** Between two transactions of one job: others write too. */
const pauseMs = 100;

interface Job {
  readonly name: string;
  /** Answers how many rows went; 0 when there is no more to do. */
  readonly turn: (sql: Transaction) => Promise<number>;
}

/** Deletes what nobody will read again. One process at a time, a bounded transaction after the other. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    await this.pause(firstAfterMs);
    while (!this.stop.signal.aborted) {
      for (const job of this.jobs()) await this.finish(job);
      await this.pause(everyMs);
    }
  }

  private jobs(): readonly Job[] {
    const { log, logRetentionDays } = this.platform;
    const options = { keepDays: logRetentionDays, maxRecords: rowsOfTurn, partitions: log.partitions };
    return [
      { name: 'log records', turn: (sql) => trimLog(sql, options) },
      { name: 'idempotency keys', turn: (sql) => idempotencyStore.pruneInAnyWorkspace(sql) },
      { name: 'waiting effects', turn: (sql) => housekeepingStore.forgetWaitingInAnyWorkspace(sql) },
      { name: 'webhook gaps', turn: (sql) => webhookGapStore.pruneInAnyWorkspace(sql) },
      { name: 'members of groups', turn: (sql) => housekeepingStore.forgetMembers(sql) },
    ];
  }

  private async finish({ name, turn }: Job): Promise<void> {
    let deleted = 0;
    try {
      for (let gone = -1; gone !== 0 && !this.stop.signal.aborted; deleted += gone) {
        gone = await this.platform.database.transaction(async (sql) =>
          (await housekeepingStore.tryLock(sql)) ? turn(sql) : 0,
        );
        if (gone > 0) await this.pause(pauseMs);
      }
    } catch (error) {
      this.platform.logger.warn({ err: error, job: name }, 'tidying up failed and is tried again');
    }
    if (deleted > 0) this.platform.logger.info({ job: name, deleted }, 'tidied up');
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }
}
