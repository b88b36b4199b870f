import {
  channelStore,
  messageStore,
  sendStore,
  unknownAfterSeconds,
  type ChannelEntity,
  type Database,
  type LaneKey,
  type MessageEntity,
  type Transaction,
} from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { Failure } from '#libs/messaging';
import { failedResult, resultRecord, unknownResult, type SentMessage } from './send-result.js';

export interface SenderHouse {
  readonly database: Database;
  readonly log: EventLog;
  /** This process, among the senders. */
  readonly owner: string;
  readonly publicUrl: string;
  now(): Date;
}

/** A send that may be made now: its attempt is committed and its lane is ours. */
export interface Turn extends SentMessage {
  readonly lane: LaneKey & { readonly epoch: number };
  readonly message: MessageEntity;
  readonly channel: ChannelEntity;
  /** How often this attempt was tried, this time included. */
  readonly tries: number;
}

type Lane = Turn['lane'] & { readonly sourceContactId: string };

const outcomeUnknown: Failure = {
  code: 'outcome_unknown',
  category: 'unknown',
  retryable: false,
  message:
    'The source never said whether it took the message. Look into the conversation there before sending it again.',
};

const channelDisconnected: Failure = {
  code: 'channel_disconnected',
  category: 'page',
  retryable: true,
  message: 'The channel was disconnected before the message was sent. Connect the page again, then send it again.',
};

/** The next send of a conversation; null when there is none, another sender has the lane, or an outcome is awaited. */
export function takeTurn(house: SenderHouse, key: LaneKey): Promise<Turn | null> {
  return house.database.transaction(async (sql) => {
    const row = await sendStore.takeLane(key.workspace_id, sql, key.conversation_id, house.owner);
    if (row === null) return null;
    const lane = { ...key, epoch: row.epoch, sourceContactId: row.source_contact_id };
    return (await isAwaitingOutcome(house, sql, lane)) ? null : nextTurn(house, sql, lane);
  });
}

/** One open attempt a lane: until its result is known, or it is given up as unknown, nothing else is sent. */
async function isAwaitingOutcome(house: SenderHouse, sql: Transaction, lane: Lane): Promise<boolean> {
  const open = await sendStore.openAttemptOf(lane.workspace_id, sql, lane.conversation_id);
  if (open === null) return false;
  if (open.age_seconds < unknownAfterSeconds) {
    await sendStore.releaseLane(sql, lane, unknownAfterSeconds - open.age_seconds);
    return true;
  }
  const message = await messageStore.find(lane.workspace_id, sql, open.message_id);
  if (message === null) throw new Error(`The attempt of message ${open.message_id} has no message.`);
  await sendStore.closeAttempt(lane.workspace_id, sql, open, { state: 'unknown', failure: outcomeUnknown });
  await sendStore.releaseLane(sql, lane, 0);
  house.log.appendIn(sql, [
    resultRecord(unknownResult({ message, sourceContactId: lane.sourceContactId }, outcomeUnknown, house.now())),
  ]);
  return true;
}

async function nextTurn(house: SenderHouse, sql: Transaction, lane: Lane): Promise<Turn | null> {
  const message = await sendStore.nextMessage(lane.workspace_id, sql, lane.conversation_id);
  const channel = message === null ? null : await channelStore.find(lane.workspace_id, sql, message.channel_id);
  // nothing to send, or nothing can be sent until somebody connects the page again: that wakes the lane
  if (message === null || channel === null || channel.health_state === 'reauth_required') {
    await sendStore.releaseLane(sql, lane, null);
    return null;
  }
  const turn = {
    lane,
    message,
    channel,
    sourceContactId: lane.sourceContactId,
    tries: await sendStore.openAttempt(sql, message, lane.epoch),
  };
  if (channel.state === 'connected' || channel.state === 'connecting') return turn;
  await sendStore.closeAttempt(lane.workspace_id, sql, attemptKey(turn), {
    state: 'refused',
    failure: channelDisconnected,
  });
  await sendStore.releaseLane(sql, lane, 0);
  house.log.appendIn(sql, [resultRecord(failedResult(turn, channelDisconnected, house.now()))]);
  return null;
}

export function attemptKey({ message, lane }: Pick<Turn, 'message' | 'lane'>): {
  message_id: string;
  attempt: number;
  lane_epoch: number;
} {
  return { message_id: message.id, attempt: message.attempt, lane_epoch: lane.epoch };
}
