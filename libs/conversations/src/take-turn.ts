import {
  channelStore,
  messageStore,
  sendStore,
  unknownAfterSeconds,
  type LaneKey,
  type MessageEntity,
  type OpenAttempt,
  type Transaction,
} from '#libs/database';
import type { Failure } from '#libs/messaging';
import { holdLane } from './hold-lane.js';
import { failedResult, keptOrigin, resultRecord } from './send-result.js';
import { canBeAsked, concludeDoubt } from './settle-doubt.js';
import { attemptKey, type Doubt, type Lane, type SenderHouse, type Turn } from './turn.js';

/** Until somebody who just changes the message has done so. */
const secondLookSeconds = 0.1;

const channelDisconnected: Failure = {
  code: 'channel_disconnected',
  category: 'page',
  retryable: true,
  message: 'The channel was disconnected before the message was sent. Connect the page again, then send it again.',
};

/**
 * What is next in a conversation: a send, or one of which its source has to be asked; null when there is nothing, another sender
 * has the lane, or an outcome is awaited.
 */
export function takeTurn(house: SenderHouse, key: LaneKey): Promise<Turn | Doubt | null> {
  return house.database.transaction(async (sql) => {
    const row = await sendStore.takeLane(key.workspace_id, sql, key.conversation_id, house.owner);
    if (row === null) return null;
    const lane = {
      ...key,
      epoch: row.epoch,
      sourceContactId: row.source_contact_id,
      windowOpenedAt: row.window_opened_at,
      takenAt: row.taken_at,
    };
    const open = await sendStore.openAttemptOf(lane.workspace_id, sql, lane.conversation_id);
    return open === null ? nextTurn(house, sql, lane) : awaitOutcome(house, sql, lane, open);
  });
}

/** One open attempt a lane: until its result is known, or it is given up as unknown, nothing else is sent. */
async function awaitOutcome(
  house: SenderHouse,
  sql: Transaction,
  lane: Lane,
  open: OpenAttempt,
): Promise<Doubt | null> {
  if (open.age_seconds < unknownAfterSeconds) {
    await sendStore.releaseLane(sql, lane, unknownAfterSeconds - open.age_seconds);
    return null;
  }
  const message = await messageStore.find(lane.workspace_id, sql, open.message_id);
  const channel = message === null ? null : await channelStore.find(lane.workspace_id, sql, message.channel_id);
  if (message === null || channel === null)
    throw new Error(`The attempt of message ${open.message_id} has no message.`);
  const { sourceContactId } = lane;
  const origin = keptOrigin(message);
  const doubt = { kind: 'doubt', lane, message, channel, sourceContactId, origin, attempt: open } as const;
  if (canBeAsked(house, doubt)) return doubt;
  await concludeDoubt(house, sql, doubt, null);
  return null;
}

async function nextTurn(house: SenderHouse, sql: Transaction, lane: Lane): Promise<Turn | null> {
  const [message] = await sendStore.pendingMessages(lane.workspace_id, sql, lane.conversation_id, 1);
  const channel = message === undefined ? null : await channelStore.find(lane.workspace_id, sql, message.channel_id);
  if (message === undefined || channel === null) {
    await sendStore.releaseLane(sql, lane, null);
    return null;
  }
  if (channel.health_state === 'reauth_required') {
    await holdLane(house, sql, lane);
    return null;
  }
  if (!(await isStillPending(sql, message))) {
    await sendStore.releaseLane(sql, lane, secondLookSeconds);
    return null;
  }
  const turn = {
    kind: 'send' as const,
    lane,
    message,
    channel,
    sourceContactId: lane.sourceContactId,
    origin: keptOrigin(message),
    tries: await sendStore.openAttempt(sql, message, lane.epoch),
  };
  if (channel.state === 'connected' || channel.state === 'connecting') return turn;
  await sendStore.closeAttempt(lane.workspace_id, sql, attemptKey(turn), {
    state: 'refused',
    failure: channelDisconnected,
  });
  await sendStore.releaseLane(sql, lane, 0);
  house.log.appendIn(sql, [resultRecord(failedResult(turn, channelDisconnected, house.now()), turn.origin)]);
  return null;
}

/** What was sent before may be proved at any moment, and then it must not be called again; a first attempt has no such past. */
async function isStillPending(sql: Transaction, { workspace_id, id, attempt }: MessageEntity): Promise<boolean> {
  return attempt === 1 || sendStore.holdPending(workspace_id, sql, id);
}
