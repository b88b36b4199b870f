import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelSearch, OutboundBody, SearchCall, SendSearch } from '#libs/channels/kit';
import type { GraphClient, GraphResult } from '../graph/graph.client.js';
import { readGraphError } from '../graph/read-graph-error.js';
import { asText } from '../json.js';
import { USER_REF } from '../source.js';
import { likelySends } from './likely-sends.js';
import { Pace } from './pace.js';

const ECHOES = 'message_echoes';
const FIELDS = 'messages{id,created_time,from,to,message,attachments}';
/** https://developers.facebook.com/docs/messenger-platform/overview#rate-limits: 2 calls a second and page. */
const CALL_MS = 500;
const WAIT_MS = 8_000;

interface Asked {
  readonly result: GraphResult;
  /** How old the send was when it was asked for, and when the answer was there. */
  readonly agesMs: readonly [number, number];
}

/** Reads the conversation with a contact. https://developers.facebook.com/docs/messenger-platform/conversations */
export class FindSent implements ChannelSearch {
  private readonly pace = new Pace(CALL_MS, WAIT_MS);

  constructor(private readonly graph: GraphClient) {}

  isOfUse(subscribedFields: readonly string[], body: OutboundBody): boolean {
    return !subscribedFields.includes(ECHOES) && plainTextOf(body) !== null;
  }

  async find(call: SearchCall): Promise<SendSearch> {
    const text = plainTextOf(call.body);
    if (text === null || call.sourceContactId.startsWith(USER_REF)) return unread('it could not be recognised');
    const waitMs = this.pace.reserve(call.credentials.sourceChannelId, performance.now());
    if (waitMs === null) return unread('too many are looked for at once');
    await delay(waitMs);
    return readSearch(call, text, await this.ask(call));
  }

  private async ask({ credentials, sourceContactId, begunAtMs }: SearchCall): Promise<Asked> {
    const { sourceChannelId, token, app } = credentials;
    const askedAfterMs = performance.now() - begunAtMs;
    const result = await this.graph.call({
      method: 'GET',
      path: `${encodeURIComponent(sourceChannelId)}/conversations`,
      token,
      secret: app.secrets[0],
      query: { platform: 'messenger', user_id: sourceContactId, fields: FIELDS },
    });
    return { result, agesMs: [askedAfterMs, performance.now() - begunAtMs] };
  }
}

function readSearch({ credentials, sourceContactId }: SearchCall, text: string, { result, agesMs }: Asked): SendSearch {
  if (result.kind !== 'answered') return unread(result.reason);
  const error = readGraphError(result.body, [credentials.token, ...credentials.app.secrets]);
  if (error !== null) return unread(`${error.code} ${error.message}`);
  const nowMs = Date.parse(result.header('date') ?? '');
  if (result.status !== 200 || Number.isNaN(nowMs)) return unread(`HTTP ${result.status}, or no Date`);
  const likely = likelySends(result.body, {
    page: credentials.sourceChannelId,
    contact: sourceContactId,
    text,
    sourceNowMs: nowMs,
    agesMs,
  });
  return likely === null ? unread('the conversation could not be read back to the send') : { kind: 'read', likely };
}

/** Only a text with nothing beside it reads there as it was sent. */
function plainTextOf({ message }: OutboundBody): string | null {
  const isAlone = Object.keys(message).every((key) => key === 'text' || key === 'metadata');
  return isAlone ? (asText(message['text']) ?? null) : null;
}

function unread(reason: string): SendSearch {
  return { kind: 'unread', reason };
}
