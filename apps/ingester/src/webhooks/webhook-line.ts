import { once } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#libs/errors';
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
  /** In the order in which they came. */
  private readonly attempts = new Set<Attempt>();

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
      const attempt: Attempt = { webhook, settle };
      this.attempts.add(attempt);
      const timer = setTimeout(() => {
        this.fallBack(attempt, new Error(`The log did not take a webhook within ${directMs} ms.`));
      }, directMs);
      this.append(attempt)
        .then(
          () => {
            this.end(attempt, 'accepted');
          },
          (error: unknown) => {
            this.fallBack(attempt, error);
          },
        )
        .finally(() => {
          clearTimeout(timer);
        });
    });
  }

  private isBehindSpool(): boolean {
    return this.canKeep() && this.spool.queue?.isEmpty === false;
  }

  private canKeep(): boolean {
    return (this.spool.queue?.maxBytes ?? 0) > 0;
  }

  private async append(attempt: Attempt): Promise<void> {
    // turned off since, it still holds what is older
    if (this.spool.queue?.isEmpty === false) await once(this.spool.bell, 'empty');
    const records = await this.records.of(attempt.webhook);
    // by now somebody else sees to it
    if (!this.attempts.has(attempt) || records.length === 0) return;
    await this.platform.log.append(records);
  }

  private end(attempt: Attempt, outcome: Durable | Promise<Durable>): void {
    if (this.attempts.delete(attempt)) attempt.settle(outcome);
  }

  /** What came before it and what came after it wait for the same log: all go to the spool, in their order. */
  private fallBack(attempt: Attempt, error: unknown): void {
    if (!this.attempts.has(attempt)) return;
    if (!this.canKeep()) {
      this.end(attempt, this.refuse(attempt.webhook, error));
      return;
    }
    this.platform.logger.warn({ err: error }, 'the log does not take webhooks: the spool keeps them until it does');
    for (const each of this.attempts) this.end(each, this.keep(each.webhook));
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
