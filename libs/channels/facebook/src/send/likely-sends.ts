import type { LikelySend } from '#libs/channels/kit';
import { asList, asObject, asText, idOf, isObject, type JsonObject } from '../json.js';

const SECOND_MS = 1_000;
/** Facebook's machines among themselves, and what the commit of the attempt took. */
const SLACK_MS = 2_000;
/** The call ends after 15 s; what it brought about stands in the conversation soon after. */
const TAKEN_WITHIN_MS = 30_000;

export interface Sought {
  readonly page: string;
  readonly contact: string;
  readonly text: string;
  /** The `Date` of the answer: whole seconds, rounded down. */
  readonly sourceNowMs: number;
  /** Of the send, at the beginning and at the end of the call that this answers. */
  readonly agesMs: readonly [number, number];
}

/**
 * What the page said to the contact in the words of the send, whoever wrote it. The moment of the send is told by Facebook's
 * clock alone: by how long ago it was when Facebook answered. Null: the answer leaves something open.
 * https://developers.facebook.com/docs/messenger-platform/conversations
 */
export function likelySends(answer: unknown, sought: Sought): LikelySend[] | null {
  const conversations = asList(asObject(answer)['data']);
  const messages = asObject(asObject(conversations[0])['messages']);
  const read = asList(messages['data']).map(readMessage);
  const times = read.map((message) => message?.createdMs ?? NaN);
  const { fromMs, toMs } = momentOf(sought);
  const isEnd = asObject(messages['paging'])['next'] === undefined;
  // an empty conversation is none that we could have written to
  if (conversations.length !== 1 || times.length === 0 || times.some(Number.isNaN)) return null;
  if (!isEnd && Math.min(...times) >= fromMs) return null;
  return read
    .filter((message) => message !== null)
    .filter(({ from, text }) => from === sought.page && text.trim() === sought.text.trim())
    .map(({ id, text, to, isPlain, createdMs }) => ({
      sourceMessageId: id,
      // receipts' watermarks compare with it, so it must not be too early: the end of the second
      sourceSentAt: new Date(createdMs + SECOND_MS).toISOString(),
      fits: isPlain && text === sought.text && to.includes(sought.contact) && createdMs >= fromMs && createdMs <= toMs,
    }));
}

/** Both ends are as wide as what is not known. */
function momentOf({ sourceNowMs, agesMs: [younger, older] }: Sought): { fromMs: number; toMs: number } {
  return {
    fromMs: sourceNowMs - older - SECOND_MS - SLACK_MS,
    toMs: sourceNowMs + SECOND_MS - younger + TAKEN_WITHIN_MS,
  };
}

interface ReadMessage {
  readonly id: string;
  /** Whole seconds, rounded down. */
  readonly createdMs: number;
  readonly from: string | undefined;
  readonly to: readonly (string | undefined)[];
  readonly text: string;
  readonly isPlain: boolean;
}

function readMessage(value: unknown): ReadMessage | null {
  const message = asObject(value);
  const id = idOf(message['id']);
  const createdMs = Date.parse((asText(message['created_time']) ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (id === undefined || Number.isNaN(createdMs)) return null;
  return {
    id,
    createdMs,
    from: idOf(asObject(message['from'])['id']),
    to: asList(asObject(message['to'])['data']).map((person) => idOf(asObject(person)['id'])),
    text: asText(message['message']) ?? '',
    isPlain: !hasAttachments(message),
  };
}

function hasAttachments({ attachments }: JsonObject): boolean {
  return isObject(attachments) && asList(attachments['data']).length > 0;
}
