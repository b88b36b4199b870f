import type { OutboundBody } from '#libs/channels/kit';
import { sendStore, type MessageEntity, type Transaction } from '#libs/database';
import type { NewRecord } from '#libs/event-log';
import type { Failure } from '#libs/messaging';
import { failedResult, keptOrigin, resultRecord } from './send-result.js';
import type { Lane, SenderHouse } from './turn.js';

/** Connecting the page wakes the lane; this makes up for a wake-up that passed it by, and for a window that moved. */
const lookAgainSeconds = 300;
/** Messages looked through at once. */
const maxMessages = 500;

/** Nothing can be sent until somebody connects the page again. What would be too late by then fails when its window ends. */
export async function holdLane(house: SenderHouse, sql: Transaction, lane: Lane): Promise<void> {
  const pending = await sendStore.pendingMessages(lane.workspace_id, sql, lane.conversation_id, maxMessages);
  const waits = pending.map((message) => ({ message, seconds: secondsLeft(house, lane, message) }));
  const results: NewRecord[] = [];
  for (const { message } of waits.filter(({ seconds }) => seconds < 0))
    results.push(await failAsTooLate(house, sql, lane, message));
  const left = waits.map(({ seconds }) => seconds).filter((seconds) => seconds >= 0);
  const isAll = pending.length < maxMessages || results.length === 0;
  // a millisecond after the end, so that the next look finds it ended
  await sendStore.releaseLane(sql, lane, isAll ? Math.min(lookAgainSeconds, ...left.map((wait) => wait + 0.001)) : 0);
  house.log.appendIn(sql, results);
}

/** Until the window that the message needs ends; below 0: it has ended. */
function secondsLeft(house: SenderHouse, lane: Lane, { source, outbound }: MessageEntity): number {
  const { windowOpenedAt, takenAt } = lane;
  if (windowOpenedAt === null) return Infinity;
  const { sending } = house.connectorOf(source);
  const until = sending.sendableUntil(outbound as unknown as OutboundBody, windowOpenedAt);
  return until === null ? Infinity : (until.getTime() - takenAt.getTime()) / 1000;
}

async function failAsTooLate(
  house: SenderHouse,
  sql: Transaction,
  lane: Lane,
  message: MessageEntity,
): Promise<NewRecord> {
  await sendStore.openAttempt(sql, message, lane.epoch);
  const attempt = { message_id: message.id, attempt: message.attempt, lane_epoch: lane.epoch };
  await sendStore.closeAttempt(lane.workspace_id, sql, attempt, { state: 'refused', failure: windowEnded });
  const sent = { message, sourceContactId: lane.sourceContactId };
  return resultRecord(failedResult(sent, windowEnded, house.now()), keptOrigin(message));
}

const windowEnded: Failure = {
  code: 'window_closed',
  category: 'policy',
  retryable: false,
  message: 'The messaging window ended before the page was connected again. Wait until the contact writes.',
};
