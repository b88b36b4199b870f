import type { SendOutcome } from '#libs/channels/kit';
import { sendStore, unknownAfterSeconds, type Transaction } from '#libs/database';
import type { Failure } from '#libs/messaging';
import { channelRecord } from './channel-record.js';
import { requireReauth } from './require-reauth.js';
import { acceptedResult, failedResult, resultRecord } from './send-result.js';
import { attemptKey, type SenderHouse, type Turn } from './turn.js';

/** Tries of what was provably not sent, before it fails: with the delays below about 20 minutes. */
const maxTries = 10;
const firstDelayMs = 1_000;
const maxDelayMs = 300_000;

/** The attempt's outcome and its result are one transaction; the lane goes on only after it. Locks: channel, lane, attempt, log. */
export function closeTurn(house: SenderHouse, turn: Turn, outcome: SendOutcome): Promise<void> {
  return house.database.transaction(async (sql) => {
    switch (outcome.kind) {
      case 'accepted':
        return accept(house, sql, turn, outcome);
      case 'refused':
        return refuse(house, sql, turn, outcome.failure);
      case 'not_sent':
        return turn.tries >= maxTries
          ? refuse(house, sql, turn, outcome.failure)
          : putOff(sql, turn, outcome.failure, outcome.retryAfterMs ?? backOffMs(turn.tries));
      case 'reauth':
        return holdChannel(house, sql, turn, outcome.failure);
      case 'unknown':
        return awaitProof(sql, turn);
    }
  });
}

async function accept(
  house: SenderHouse,
  sql: Transaction,
  turn: Turn,
  outcome: Extract<SendOutcome, { kind: 'accepted' }>,
): Promise<void> {
  await sendStore.releaseLane(sql, turn.lane, 0);
  await sendStore.closeAttempt(turn.lane.workspace_id, sql, attemptKey(turn), { state: 'accepted', failure: null });
  // also when the echo settled the attempt first, or it had become unknown: an answer of the source is a proof
  const payload = { source_message_id: outcome.sourceMessageId, source_sent_at: outcome.sourceSentAt };
  house.log.appendIn(sql, [resultRecord(acceptedResult(turn, payload, house.now()), turn.origin)]);
}

async function refuse(house: SenderHouse, sql: Transaction, turn: Turn, failure: Failure): Promise<void> {
  await sendStore.releaseLane(sql, turn.lane, 0);
  await sendStore.closeAttempt(turn.lane.workspace_id, sql, attemptKey(turn), { state: 'refused', failure });
  house.log.appendIn(sql, [resultRecord(failedResult(turn, failure, house.now()), turn.origin)]);
}

async function putOff(sql: Transaction, turn: Turn, failure: Failure, delayMs: number): Promise<void> {
  await sendStore.releaseLane(sql, turn.lane, delayMs / 1000);
  await sendStore.closeAttempt(turn.lane.workspace_id, sql, attemptKey(turn), { state: 'not_sent', failure });
}

/** The attempt stays open: the echo settles it, as it may have already, or it becomes unknown when it is too old. */
async function awaitProof(sql: Transaction, turn: Turn): Promise<void> {
  await sendStore.releaseLane(sql, turn.lane, unknownAfterSeconds);
  // asked after the lane is locked: whoever settles the attempt locks the lane first
  const open = await sendStore.openAttemptOf(turn.lane.workspace_id, sql, turn.lane.conversation_id);
  if (open === null) await sendStore.releaseLane(sql, turn.lane, 0);
}

/** An auth error is the channel's, not the message's: it stays pending until the page is connected again. */
async function holdChannel(house: SenderHouse, sql: Transaction, turn: Turn, failure: Failure): Promise<void> {
  const { workspace_id: workspaceId } = turn.lane;
  const { channel, held } = await requireReauth(sql, turn.channel, failure.message);
  // due at once: the next turn finds the channel held, or its new token; while it is being connected, after a moment
  const isConnecting = channel?.state === 'connecting';
  await sendStore.releaseLane(sql, turn.lane, isConnecting ? firstDelayMs / 1000 : 0);
  await sendStore.closeAttempt(workspaceId, sql, attemptKey(turn), { state: 'not_sent', failure });
  if (held !== null) house.log.appendIn(sql, [channelRecord(held, house).record]);
}

/** Doubles from try to try; the jitter keeps many conversations from coming back at once. */
function backOffMs(tries: number): number {
  return Math.min(firstDelayMs * 2 ** (tries - 1), maxDelayMs) * (0.75 + Math.random() / 2);
}
