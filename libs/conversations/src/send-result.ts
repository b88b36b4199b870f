import type { MessageEntity } from '#libs/database';
import type { NewRecord } from '#libs/event-log';
import { recordHeaders, topics, uuid5, type EventOf, type Failure } from '#libs/messaging';

type Result = EventOf<'send.accepted'> | EventOf<'send.failed'> | EventOf<'send.unknown'>;

export interface SentMessage {
  readonly message: Pick<
    MessageEntity,
    'id' | 'attempt' | 'workspace_id' | 'conversation_id' | 'channel_id' | 'source'
  >;
  readonly sourceContactId: string;
}

/** Of the call that asked for the message; kept with it, so that retries and other senders know it too. */
export function requestIdOf({ outbound }: Pick<MessageEntity, 'outbound'>): string | undefined {
  const requestId = outbound?.['requestId'];
  return typeof requestId === 'string' ? requestId : undefined;
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
export function resultRecord(event: Result, requestId: string | undefined): NewRecord {
  return {
    topic: topics.events,
    key: event.conversation_id,
    workspaceId: event.workspace_id,
    headers: recordHeaders(event.type, requestId),
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
