import { once } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { Deadlines, type Place } from '#libs/pending';
import { Platform } from '#libs/platform';
import { QueueFull } from '#libs/spool';
import { SPOOL, type OpenSpool } from './open-spool.js';
import { packWebhook, type VerifiedWebhook } from './verified-webhook.js';
import { WebhookGaps } from './webhook-gaps.js';
import { WebhookRecords } from './webhook-records.js';

/** From the signature to the log. Facebook waits 5 s for its 200, and the spool's disk needs a part of them. */
const directMs = 3_000;

type Durable = 'accepted' | 'spooled';

/** On its way to the log, past the spool. */
interface Attempt {
  readonly webhook: VerifiedWebhook;
  readonly settle: (outcome: Durable | Promise<Durable>) => void;
}

/**
 * Makes webhooks durable, in the order in which they come: in the log, or, while that does not take them, in the spool. As
 * long as the spool holds anything, what comes goes behind it, at once.
 */
@Injectable()
export class WebhookLine {
  private readonly attempts = new Deadlines<Attempt>({
    ms: directMs,
    late: (place) => {
      this.fallBack(place, new Error(`The log did not take a webhook within ${directMs} ms.`));
    },
  });

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(SPOOL) private readonly spool: OpenSpool,
    @Inject(WebhookRecords) private readonly records: WebhookRecords,
    @Inject(WebhookGaps) private readonly gaps: WebhookGaps,
  ) {}

  /** Resolved: durable. */
  take(webhook: VerifiedWebhook): Promise<Durable> {
    if (this.isBehindSpool()) return this.keep(webhook);
    return new Promise((settle) => {
      void this.attempt(this.attempts.add({ webhook, settle }));
    });
  }

  private isBehindSpool(): boolean {
    return this.canKeep() && this.spool.queue?.isEmpty === false;
  }

  private canKeep(): boolean {
    return (this.spool.queue?.maxBytes ?? 0) > 0;
  }

  private async attempt(place: Place<Attempt>): Promise<void> {
    try {
      // turned off since, it still holds what is older
      if (this.spool.queue?.isEmpty === false) await once(this.spool.bell, 'empty');
      const made = this.records.of(place.one.webhook);
      const records = made instanceof Promise ? await made : made;
      // by now somebody else sees to it
      if (!this.attempts.has(place)) return;
      if (records.length > 0) await this.platform.log.append(records);
      this.end(place, 'accepted');
    } catch (error) {
      this.fallBack(place, error);
    }
  }

  private end(place: Place<Attempt>, outcome: Durable | Promise<Durable>): void {
    if (this.attempts.end(place)) place.one.settle(outcome);
  }

  /** What came before it and what came after it wait for the same log: all go to the spool, in their order. */
  private fallBack(place: Place<Attempt>, error: unknown): void {
    if (!this.attempts.has(place)) return;
    if (!this.canKeep()) {
      this.end(place, this.refuse(place.one.webhook, error));
      return;
    }
    this.platform.logger.warn({ err: error }, 'the log does not take webhooks: the spool keeps them until it does');
    for (const each of this.attempts.all) this.end(each, this.keep(each.one.webhook));
  }

  private async keep(webhook: VerifiedWebhook): Promise<Durable> {
    try {
      await this.spool.queue?.put(packWebhook(webhook), new Date(webhook.receivedAt));
      return 'spooled';
    } catch (error) {
      if (!(error instanceof QueueFull))
        this.platform.logger.error({ err: error }, 'the spool cannot be written: check its disk');
      return await this.refuse(webhook, error);
    } finally {
      this.spool.bell.emit('put');
    }
  }

  private refuse({ source, rawBody }: VerifiedWebhook, cause: unknown): Promise<never> {
    const { items } = this.platform.connectorOf(source).webhook.readBody(rawBody);
    const pages = new Set(items.map(({ sourceChannelId }) => sourceChannelId));
    this.gaps.note(source, pages.size === 0 ? [null] : [...pages]);
    const refusal = new AppError('unavailable', 'The events could not be made durable in time: send them again.', {
      retryAfterSeconds: 1,
      cause,
    });
    return Promise.reject(refusal);
  }
}
