import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isFaultOfRecord } from '#libs/event-log';
import { Platform } from '#libs/platform';
import type { QueueRecord } from '#libs/spool';
import { SPOOL, type OpenSpool } from './open-spool.js';
import { unpackWebhook } from './verified-webhook.js';
import { WebhookRecords } from './webhook-records.js';

/** A batch is one flush of the log, so that no part of it overtakes another. */
const batch = { records: 250, bytes: 1_048_576 };
const firstPauseMs = 50;
const longestPauseMs = 500;

const defects = new Set(['SyntaxError', 'TypeError', 'RangeError']);

/** Brings what is in the spool to the log, oldest first, one batch after the other. Twice is harmless: ids are the same. */
@Injectable()
export class SpoolDrain implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** Since it was last read. */
  private wasRung = false;
  private ring: () => void = () => undefined;
  private drained = 0;

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(SPOOL) private readonly spool: OpenSpool,
    @Inject(WebhookRecords) private readonly records: WebhookRecords,
  ) {}

  onApplicationBootstrap(): void {
    this.spool.bell.on('put', () => {
      this.wake();
    });
    this.running = this.run();
  }

  /** What is not in the log by then stays for the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
    await this.spool.close();
  }

  private async run(): Promise<void> {
    const { queue } = this.spool;
    if (queue === null) return;
    while (!this.isStopping()) {
      this.wasRung = false;
      const records = await queue.read(batch).catch((error: unknown) => this.cannotRead(error));
      if (records.length === 0) await this.untilRung();
      else if (await this.bring(records)) {
        queue.remove(records.length);
        this.drained += records.length;
      }
    }
  }

  /** Until the log has them; false: it is time to stop. */
  private async bring(records: readonly QueueRecord[]): Promise<boolean> {
    for (let pauseMs = firstPauseMs; !this.isStopping(); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      if (await this.append(records)) return true;
      await this.pause(pauseMs);
    }
    return false;
  }

  /** False: the log does not take them now. */
  private async append(records: readonly QueueRecord[]): Promise<boolean> {
    try {
      const all = await Promise.all(records.map(async ({ payload }) => this.records.of(unpackWebhook(payload))));
      const flat = all.flat();
      if (flat.length > 0) await this.platform.log.append(flat);
      return true;
    } catch (error) {
      const [record] = records;
      if (record === undefined || !isOwnFault(error)) return this.isPutOff(error);
      if (records.length === 1) return this.setAside(record, error);
      for (const each of records) if (!(await this.append([each]))) return false;
      return true;
    }
  }

  private isPutOff(error: unknown): false {
    this.platform.logger.debug({ err: error }, 'the spool cannot be drained yet');
    return false;
  }

  private async setAside({ id, payload }: QueueRecord, error: unknown): Promise<boolean> {
    try {
      const path = await this.spool.queue?.setAside(`refused-${id}`, payload);
      this.platform.logger.error(
        { err: error, path },
        'a webhook that the log cannot hold was set aside: it was answered 200 and is not in Parley. Keep the file and report it',
      );
      return true;
    } catch (failure) {
      this.platform.logger.error({ err: failure }, 'the spool cannot be written: check its disk');
      return false;
    }
  }

  private async cannotRead(error: unknown): Promise<readonly QueueRecord[]> {
    this.platform.logger.error({ err: error }, 'the spool cannot be read: check its disk; it is tried again');
    await this.pause(longestPauseMs);
    this.wasRung = true;
    return [];
  }

  private noteEnd(): void {
    if (this.spool.queue?.isEmpty === false) return;
    this.spool.bell.emit('empty');
    if (this.drained === 0) return;
    this.platform.logger.warn(
      { webhooks: this.drained },
      'the log takes webhooks again and has all that the spool kept',
    );
    this.drained = 0;
  }

  private async untilRung(): Promise<void> {
    this.noteEnd();
    if (this.wasRung || this.isStopping()) return;
    await new Promise<void>((resolve) => {
      this.ring = resolve;
    });
  }

  private wake(): void {
    this.wasRung = true;
    this.ring();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function isOwnFault(error: unknown): boolean {
  return isFaultOfRecord(error) || (error instanceof Error && defects.has(error.name));
}
