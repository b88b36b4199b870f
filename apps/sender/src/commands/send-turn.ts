import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { OutboundBody, SendOutcome } from '#libs/channels/kit';
import { closeTurn, type SenderHouse, type Turn } from '#libs/conversations';
import { tagsOf } from '#libs/observability';
import { Platform } from '#libs/platform';
import { TokenVaultError } from '#libs/security';
import { sourceCredentials } from '../source-credentials.js';
import { beginTurn, watchSourceCall } from './trace-turn.js';

/** A call is made only this soon after its attempt was committed: a process that was frozen in between makes none. */
const freshMs = 2_000;
/** As long as the lane is ours. */
const closeTries = 40;
const closeDelayMs = 500;

/** One turn of a conversation: the call to the source and the end of its attempt. */
@Injectable()
export class SendTurn {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  /** `sinceMs`: before the commit was sent, by the monotonic clock. */
  async run(house: SenderHouse, turn: Turn, sinceMs: number): Promise<void> {
    const span = beginTurn(this.platform.tracing, turn);
    const origin = { ...turn.origin, traceparent: span.traceparent };
    const outcome = await this.finish(house, { ...turn, origin }, sinceMs).catch((error: unknown) => {
      span.end({ error: error instanceof Error ? error.name : 'failed' });
      throw error;
    });
    span.end({ attributes: { 'parley.outcome': outcome.kind } });
  }

  private async finish(house: SenderHouse, turn: Turn, sinceMs: number): Promise<SendOutcome> {
    const outcome = await this.call(turn, sinceMs);
    await this.close(house, turn, outcome);
    const { logger, metrics } = this.platform;
    // a message that was sent again waited for a person, not for us
    if (outcome.kind === 'accepted' && turn.message.attempt === 1)
      metrics.sent((this.platform.now().getTime() - turn.message.received_at.getTime()) / 1000);
    logger.info({ ...traceOfTurn(turn), tries: turn.tries, outcome: outcome.kind }, 'send');
    return outcome;
  }

  /** What the source answered must not be lost with a connection: closing twice changes nothing. */
  private async close(house: SenderHouse, turn: Turn, outcome: SendOutcome): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await closeTurn(house, turn, outcome);
        return;
      } catch (error) {
        if (tries >= closeTries) throw error;
        this.platform.logger.warn(
          { err: error, ...traceOfTurn(turn) },
          'the outcome of a send is not yet stored, trying again',
        );
        await delay(closeDelayMs);
      }
    }
  }

  private async call(turn: Turn, sinceMs: number): Promise<SendOutcome> {
    const credentials = await sourceCredentials(this.platform, turn.channel).catch((error: unknown) => {
      // a database that is away comes back; a key that is missing does not
      const level = error instanceof TokenVaultError ? 'error' : 'warn';
      this.platform.logger[level](
        { err: error, ...traceOfTurn(turn) },
        'the credentials of a channel could not be read',
      );
      return undefined;
    });
    if (credentials === undefined) return { kind: 'not_sent', failure: tooLate };
    if (credentials === null) return { kind: 'reauth', failure: noToken };
    if (performance.now() - sinceMs > freshMs) return { kind: 'not_sent', failure: tooLate, retryAfterMs: 0 };
    const startedAt = performance.now();
    const { source } = turn.channel;
    const watch = watchSourceCall(this.platform.tracing, turn);
    const outcome = await this.platform.connectorOf(source).sending.send({
      credentials,
      sourceContactId: turn.sourceContactId,
      body: turn.message.outbound as unknown as OutboundBody,
      messageId: turn.message.id,
      attempt: turn.message.attempt,
      exchanged: watch.exchanged,
    });
    watch.ended(outcome);
    const seconds = (performance.now() - startedAt) / 1000;
    this.platform.metrics.sourceCall({ source, outcome: outcome.kind, seconds });
    return outcome;
  }
}

export function traceOfTurn({
  message,
  origin,
}: Pick<Turn, 'message' | 'origin'>): Readonly<Record<string, string | number | undefined>> {
  const { id: message_id, conversation_id, channel_id, attempt } = message;
  return { ...tagsOf(origin), message_id, conversation_id, channel_id, attempt };
}

const noToken = {
  code: 'token_invalid',
  category: 'auth',
  retryable: true,
  message: 'The channel has no token or its app is not known here any more: connect the page again.',
} as const;

const tooLate = {
  code: 'not_started',
  category: 'temporary',
  retryable: true,
  message: 'The sender was held up between taking the message and calling; nothing was sent.',
} as const;
