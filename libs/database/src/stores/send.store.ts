import type { Queryable, Transaction } from '../database.js';
import type { MessageEntity } from '../entities/message.entity.js';
import type { SendAttemptEntity } from '../entities/send-attempt.entity.js';
import type { SendLaneEntity } from '../entities/send-lane.entity.js';

/** How long an attempt may stay without a result before it counts as unknown: the echo has come by then. */
export const unknownAfterSeconds = 120;
/** A lane belongs to its sender for this long: the call's own limit and some air. */
const laneSeconds = 30;

export interface LaneKey {
  readonly conversation_id: string;
  readonly workspace_id: string;
}

export interface AttemptKey {
  readonly message_id: string;
  readonly attempt: number;
}

export interface SettledKey extends LaneKey, AttemptKey {}

export type OpenAttempt = SendAttemptEntity & { readonly age_seconds: number };

export type TakenLane = SendLaneEntity & {
  readonly source_contact_id: string;
  readonly window_opened_at: Date | null;
  readonly taken_at: Date;
};

/** Lanes and attempts. Time is PostgreSQL's; locks are taken lane first, attempts after it. */
export const sendStore = {
  /**
   * There is something to send in this conversation; what it already waits for (a retry, a result) comes first, but for
   * a held lane, which has to look when its new message would be too late.
   */
  async wakeLane(
    workspaceId: string,
    sql: Transaction,
    lane: { conversation_id: string; channel_id: string; isHeld: boolean },
  ): Promise<void> {
    await sql.query(
      `insert into send_lanes as l (conversation_id, workspace_id, channel_id, next_due) values ($1, $2, $3, now())
       on conflict (conversation_id) do update set next_due = case when $4 then now() else coalesce(l.next_due, now()) end`,
      [lane.conversation_id, workspaceId, lane.channel_id, lane.isHeld],
    );
  },

  /**
   * After a reconnect: whatever waited on this channel is due; also a lane whose messages were proved or failed meanwhile,
   * because its next message comes behind what it waits for.
   */
  async wakeChannel(workspaceId: string, sql: Transaction, channelId: string): Promise<void> {
    await sql.query(
      `update send_lanes set next_due = now() where conversation_id in (
         select conversation_id from send_lanes
         where workspace_id = $1 and channel_id = $2 and next_due is not null order by conversation_id for update)`,
      [workspaceId, channelId],
    );
  },

  /** Of all workspaces: the sweep belongs to the installation. */
  dueLanes(sql: Queryable, limit: number): Promise<LaneKey[]> {
    return sql.query(
      `select conversation_id, workspace_id from send_lanes
       where next_due <= now() and (owner is null or until < now()) order by next_due limit $1`,
      [limit],
    );
  },

  async oldestDueSeconds(sql: Queryable): Promise<number> {
    const [row] = await sql.query<{ seconds: number | null }>(
      'select extract(epoch from now() - min(next_due))::float8 as seconds from send_lanes where next_due <= now()',
    );
    return row?.seconds ?? 0;
  },

  /** Null when another sender has it, or it is not due: a retry waits for its time whoever asks. */
  async takeLane(
    workspaceId: string,
    sql: Transaction,
    conversationId: string,
    owner: string,
  ): Promise<TakenLane | null> {
    const [row] = await sql.query<TakenLane>(
      `update send_lanes l set owner = $3, epoch = l.epoch + 1, until = now() + make_interval(secs => $4)
       from conversations c
       where c.id = l.conversation_id and l.conversation_id = (
         select conversation_id from send_lanes
         where conversation_id = $1 and workspace_id = $2 and next_due <= now() and (owner is null or until < now())
         for update skip locked)
       returning l.*, c.source_contact_id, c.window_opened_at, now() as taken_at`,
      [conversationId, workspaceId, owner, laneSeconds],
    );
    return row ?? null;
  },

  /** `dueInSeconds` null: nothing to do until something wakes it. A lane that was taken over meanwhile is left alone. */
  async releaseLane(
    sql: Transaction,
    lane: LaneKey & { readonly epoch: number },
    dueInSeconds: number | null,
  ): Promise<void> {
    await sql.query(
      `update send_lanes set owner = null, until = null, next_due = now() + make_interval(secs => $4)
       where conversation_id = $1 and workspace_id = $2 and epoch = $3`,
      [lane.conversation_id, lane.workspace_id, lane.epoch, dueInSeconds],
    );
  },

  /** The attempt that is still without a result, with its age. */
  async openAttemptOf(workspaceId: string, sql: Transaction, conversationId: string): Promise<OpenAttempt | null> {
    const [row] = await sql.query<OpenAttempt>(
      `select a.*, extract(epoch from now() - opened_at)::float8 as age_seconds from send_attempts a
       where conversation_id = $1 and workspace_id = $2 and state = 'open'`,
      [conversationId, workspaceId],
    );
    return row ?? null;
  },

  /** What was accepted from a person and not yet called for, oldest first. */
  pendingMessages(
    workspaceId: string,
    sql: Transaction,
    conversationId: string,
    limit: number,
  ): Promise<MessageEntity[]> {
    return sql.query(
      `select m.* from messages m
       where m.conversation_id = $1 and m.workspace_id = $2 and m.state = 'pending'
         and not exists (select from send_attempts a where a.message_id = m.id and a.attempt = m.attempt and a.state <> 'not_sent')
       order by m.sent_at, m.id limit $3`,
      [conversationId, workspaceId, limit],
    );
  },

  /**
   * Whether it is pending still, and stays so until the transaction ends. False also while somebody else changes it: who
   * holds a lane waits for no message, because others wait the other way round.
   */
  async holdPending(workspaceId: string, sql: Transaction, messageId: string): Promise<boolean> {
    const rows = await sql.query(
      `select id from messages where id = $1 and workspace_id = $2 and state = 'pending' for share skip locked`,
      [messageId, workspaceId],
    );
    return rows.length > 0;
  },

  /** Committed before the call it stands for; answers how often this attempt was tried, this time included. */
  async openAttempt(sql: Transaction, message: MessageEntity, laneEpoch: number): Promise<number> {
    const [row] = await sql.query<{ tries: number }>(
      `insert into send_attempts as a (message_id, attempt, workspace_id, conversation_id, channel_id, state, tries, lane_epoch, opened_at)
       values ($1, $2, $3, $4, $5, 'open', 1, $6, now())
       on conflict (message_id, attempt) do update set state = 'open', tries = a.tries + 1, lane_epoch = excluded.lane_epoch,
         opened_at = excluded.opened_at, closed_at = null where a.state = 'not_sent'
       returning tries`,
      [message.id, message.attempt, message.workspace_id, message.conversation_id, message.channel_id, laneEpoch],
    );
    if (row === undefined)
      throw new Error(`Attempt ${String(message.attempt)} of message ${message.id} was opened before.`);
    return row.tries;
  },

  /** False when it was settled in the meantime, by its echo or as unknown, or opened again by another sender. */
  async closeAttempt(
    workspaceId: string,
    sql: Transaction,
    { message_id, attempt, lane_epoch }: AttemptKey & { readonly lane_epoch: number },
    end: { readonly state: 'not_sent' | 'accepted' | 'refused' | 'unknown'; readonly failure: object | null },
  ): Promise<boolean> {
    const rows = await sql.query(
      `update send_attempts set state = $4, failure = $5, closed_at = now()
       where message_id = $1 and attempt = $2 and workspace_id = $3 and lane_epoch = $6 and state = 'open' returning message_id`,
      [
        message_id,
        attempt,
        workspaceId,
        end.state,
        end.failure === null ? null : JSON.stringify(end.failure),
        lane_epoch,
      ],
    );
    return rows.length > 0;
  },

  /** The source proved these: what was still open is closed and its lane goes on, as it has where it was given up. */
  async settleAttempts(sql: Transaction, settled: readonly SettledKey[]): Promise<void> {
    if (settled.length === 0) return;
    const parameters = [JSON.stringify(settled)];
    const unsettled = await sql.query<LaneKey & { state: SendAttemptEntity['state'] }>(
      `select a.conversation_id, a.workspace_id, a.state from send_attempts a
       join json_populate_recordset(null::send_attempts, $1) r using (message_id, attempt, workspace_id)
       where a.state in ('open', 'unknown')`,
      parameters,
    );
    if (unsettled.length === 0) return;
    const open = unsettled.filter(({ state }) => state === 'open');
    await sql.query(
      `update send_lanes set owner = null, until = null, next_due = now() where conversation_id in (
         select conversation_id from send_lanes where conversation_id = any($1::uuid[]) and workspace_id = any($2::uuid[])
         order by conversation_id for update)`,
      [open.map((lane) => lane.conversation_id), open.map((lane) => lane.workspace_id)],
    );
    await sql.query(
      `update send_attempts a set state = 'accepted', closed_at = now()
       from json_populate_recordset(null::send_attempts, $1) r
       where a.message_id = r.message_id and a.attempt = r.attempt and a.workspace_id = r.workspace_id and a.state in ('open', 'unknown')`,
      parameters,
    );
  },
};
