import type { OutboundBody } from '#libs/channels/kit';
import type { MessageEntity } from '#libs/database';
import type { NewRecord } from '#libs/event-log';
import { recordHeaders, topics, uuid5, type EventOf, type Failure, type Origin } from '#libs/messaging';

type Result = EventOf<'send.accepted'> | EventOf<'send.failed'> | EventOf<'send.unknown'>;

export interface SentMessage {
  readonly message: Pick<
    MessageEntity,
    'id' | 'attempt' | 'workspace_id' | 'conversation_id' | 'channel_id' | 'source'
  >;
  readonly sourceContactId: string;
}

/** The call that asked for the message is kept with it, so that retries and other senders know it too. */
export function keepOrigin(body: OutboundBody, origin: Origin = {}): Record<string, unknown> {
  const known = Object.entries({ requestId: origin.requestId, traceparent: origin.traceparent }).filter(
    ([, text]) => text !== undefined,
  );
  return { ...body, ...Object.fromEntries(known) };
}

export function keptOrigin({ outbound }: Pick<MessageEntity, 'outbound'>): Origin {
  return { requestId: textOf(outbound?.['requestId']), traceparent: textOf(outbound?.['traceparent']) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function acceptedResult(
  sent: SentMessage,
  payload: { source_message_id: string; source_sent_at: string },
  now: Date,
): Result {
  return { ...result(sent, now, 'send.accepted'), type: 'send.accepted', payload: { ...attemptOf(sent), ...payload } };
}

export function failedResult(sent: SentMessage, failure: Failure, now: Date): Result {
  return { ...result(sent, now, 'send.failed'), type: 'send.failed', payload: { ...attemptOf(sent), failure } };
}

export function unknownResult(sent: SentMessage, failure: Failure, now: Date): Result {
  return { ...result(sent, now, 'send.unknown'), type: 'send.unknown', payload: { ...attemptOf(sent), failure } };
}

/** Keyed as everything of its conversation, so that it is read in order with the echoes. */
export function resultRecord(event: Result, origin: Origin): NewRecord {
  return {
    topic: topics.events,
    key: event.conversation_id,
    workspaceId: event.workspace_id,
    headers: recordHeaders(event.type, origin),
    value: JSON.stringify(event),
  };
}

function attemptOf({ message }: SentMessage): { message_id: string; attempt: number } {
  return { message_id: message.id, attempt: message.attempt };
}

function result(
  { message, sourceContactId }: SentMessage,
  now: Date,
  type: Result['type'],
): Omit<Result, 'type' | 'payload'> {
  return {
    id: uuid5(message.id, `${type}\n${String(message.attempt)}`),
    source: message.source,
    workspace_id: message.workspace_id,
    channel_id: message.channel_id,
    conversation_id: message.conversation_id,
    source_contact_id: sourceContactId,
    occurred_at: now.toISOString(),
    received_at: now.toISOString(),
    raw: null,
  };
}
