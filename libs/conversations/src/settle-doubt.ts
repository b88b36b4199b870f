import type { LikelySend, OutboundBody, SendSearch } from '#libs/channels/kit';
import { doubtStore, sendStore, type Transaction } from '#libs/database';
import { outcomeUnknown } from './outcome-unknown.js';
import { acceptedResult, resultRecord, unknownResult } from './send-result.js';
import type { Doubt, SenderHouse } from './turn.js';

/** Only where it is known that no echo will tell: a channel whose subscription is degraded, with a token that works. */
export function canBeAsked(house: SenderHouse, { channel, message }: Doubt): boolean {
  if (channel.state !== 'connected' || channel.health_state !== 'degraded') return false;
  const { search } = house.connectorOf(channel.source).sending;
  return search?.isOfUse(channel.subscribed_fields, message.outbound as unknown as OutboundBody) === true;
}

/** Ends a send of which nobody heard, by what its source shows. Nothing happens when it was settled meanwhile. */
export function settleDoubt(house: SenderHouse, doubt: Doubt, search: SendSearch): Promise<'accepted' | 'unknown'> {
  return house.database.transaction(async (sql) => {
    const found = search.kind === 'read' ? await theOneIn(sql, doubt, search.likely) : null;
    await concludeDoubt(house, sql, doubt, found);
    return found === null ? 'unknown' : 'accepted';
  });
}

/** Locks: lane, attempt, log. */
export async function concludeDoubt(
  house: SenderHouse,
  sql: Transaction,
  doubt: Doubt,
  found: LikelySend | null,
): Promise<void> {
  const { lane, attempt, origin } = doubt;
  await sendStore.releaseLane(sql, lane, 0);
  const end =
    found === null
      ? ({ state: 'unknown', failure: outcomeUnknown } as const)
      : ({ state: 'accepted', failure: null } as const);
  // another sender, or the echo, may have ended it while the source was asked
  if (!(await sendStore.closeAttempt(lane.workspace_id, sql, attempt, end))) return;
  const result =
    found === null
      ? unknownResult(doubt, outcomeUnknown, house.now())
      : acceptedResult(
          doubt,
          { source_message_id: found.sourceMessageId, source_sent_at: found.sourceSentAt },
          house.now(),
        );
  house.log.appendIn(sql, [resultRecord(result, origin)]);
}

/**
 * The one thing that can be the send; null wherever it could be something else. The same words may have been said before, by
 * another send of ours whose id nobody knows yet, or by a person in the source's own inbox: then it stays unknown, because
 * a wrong proof is worse than none.
 */
async function theOneIn(
  sql: Transaction,
  { lane, attempt }: Doubt,
  likely: readonly LikelySend[],
): Promise<LikelySend | null> {
  const ids = likely.map(({ sourceMessageId }) => sourceMessageId);
  const known = await doubtStore.knownSources(lane.workspace_id, sql, attempt.channel_id, ids);
  const [one, another] = likely.filter(({ sourceMessageId }) => !known.has(sourceMessageId));
  if (one?.fits !== true || another !== undefined) return null;
  return (await doubtStore.hasNamelessSend(lane.workspace_id, sql, attempt)) ? null : one;
}
