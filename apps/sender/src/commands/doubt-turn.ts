import { Inject, Injectable } from '@nestjs/common';
import type { OutboundBody, SendSearch } from '#libs/channels/kit';
import { settleDoubt, type Doubt, type SenderHouse } from '#libs/conversations';
import { Platform } from '#libs/platform';
import { sourceCredentials } from '../source-credentials.js';
import { traceOfTurn } from './send-turn.js';

/** Asks the source once what became of a send, and ends its attempt by the answer. It is never sent again. */
@Injectable()
export class DoubtTurn {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  /** `sinceMs`: before the age of the attempt was read, by the monotonic clock. */
  async run(house: SenderHouse, doubt: Doubt, sinceMs: number): Promise<void> {
    const search = await this.search(doubt, sinceMs - doubt.attempt.age_seconds * 1000);
    const outcome = await settleDoubt(house, doubt, search);
    const about = search.kind === 'read' ? { likely: search.likely.length } : { reason: search.reason };
    this.platform.logger.info({ ...traceOfTurn(doubt), outcome, ...about }, 'a send without an answer was looked for');
  }

  private async search({ channel, message, sourceContactId }: Doubt, begunAtMs: number): Promise<SendSearch> {
    const { search } = this.platform.connectorOf(channel.source).sending;
    const credentials = await sourceCredentials(this.platform, channel).catch(() => null);
    if (search === undefined || credentials === null) return { kind: 'unread', reason: 'the channel has no token' };
    const body = message.outbound as unknown as OutboundBody;
    return search.find({ credentials, sourceContactId, body, begunAtMs });
  }
}
