import type { Queryable } from '../database.js';
import type { IdempotencyKeyEntity } from '../entities/idempotency-key.entity.js';
import { sqlState } from '../pg-database.js';

/** The caller waited as long as `lock_timeout` allows for another transaction that holds the key. */
const lockNotAvailable = '55P03';

export interface IdempotencyRequest {
  readonly key: string;
  readonly path: string;
  readonly requestSha256: Buffer;
  /**
   * Null: key, effect and answer are one transaction. Else the claim is committed by itself and holds for so long; then
   * the next caller takes over.
   */
  readonly leaseSeconds: number | null;
}

/** Proves on completion that nobody has taken over. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly leaseUntil: Date | null;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: IdempotencyClaim }
  | ({ readonly kind: 'answered' } & StoredAnswer)
  /** The key belongs to another request. */
  | { readonly kind: 'reused' }
  /** In a transaction: it may have failed with the wait, so throw to roll it back. */
  | { readonly kind: 'running'; readonly retryAfterSeconds: number };

type HeldKey = IdempotencyKeyEntity & { readonly seconds_left: number };

export const idempotencyStore = {
  async claim(workspaceId: string, sql: Queryable, request: IdempotencyRequest): Promise<ClaimOutcome> {
    try {
      const claim = await tryClaim(workspaceId, sql, request);
      if (claim !== undefined) return { kind: 'claimed', claim };
      const [held] = await sql.query<HeldKey>(
        `select *, ceil(extract(epoch from lease_until - clock_timestamp()))::integer as seconds_left
         from idempotency_keys where workspace_id = $1 and key = $2`,
        [workspaceId, request.key],
      );
      // released between the two statements
      return held === undefined ? { kind: 'running', retryAfterSeconds: 1 } : outcomeOf(held, request);
    } catch (error) {
      if (sqlState(error) === lockNotAvailable) return { kind: 'running', retryAfterSeconds: 1 };
      throw error;
    }
  },

  /** False: the lease had run out and another caller took over; his answer counts. */
  async complete(workspaceId: string, sql: Queryable, claim: IdempotencyClaim, answer: StoredAnswer): Promise<boolean> {
    const rows = await sql.query(
      `update idempotency_keys set response_status = $4, response_body = $5, lease_until = null
       where workspace_id = $1 and key = $2 and lease_until is not distinct from $3 and response_status is null
       returning key`,
      [workspaceId, claim.key, claim.leaseUntil, answer.status, answer.body],
    );
    return rows.length > 0;
  },

  /** After an error: the key is free again. */
  async release(workspaceId: string, sql: Queryable, claim: IdempotencyClaim): Promise<void> {
    await sql.query(
      `delete from idempotency_keys
       where workspace_id = $1 and key = $2 and lease_until is not distinct from $3 and response_status is null`,
      [workspaceId, claim.key, claim.leaseUntil],
    );
  },

  /** At most 5,000 a call, so that it stays far below `statement_timeout`; answers how many went. */
  async pruneInAnyWorkspace(sql: Queryable): Promise<number> {
    // promised are 24 h from the answer, the row is older than that by the length of the call
    const rows = await sql.query(
      `delete from idempotency_keys where (workspace_id, key) in (
         select workspace_id, key from idempotency_keys where created_at < clock_timestamp() - interval '25 hours'
         order by created_at limit 5000 for update skip locked
       ) returning key`,
    );
    return rows.length;
  },
};

/** Waits for a transaction that holds the key. Takes a free key, or one that was left without an answer. */
async function tryClaim(
  workspaceId: string,
  sql: Queryable,
  { key, path, requestSha256, leaseSeconds }: IdempotencyRequest,
): Promise<IdempotencyClaim | undefined> {
  const [row] = await sql.query<Pick<IdempotencyKeyEntity, 'lease_until'>>(
    `insert into idempotency_keys as k (workspace_id, key, path, request_sha256, lease_until, created_at)
     values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), clock_timestamp())
     on conflict (workspace_id, key) do update set
       path = excluded.path, request_sha256 = excluded.request_sha256, lease_until = excluded.lease_until,
       created_at = excluded.created_at
     where k.response_status is null and (k.lease_until is null or k.lease_until <= clock_timestamp())
     returning lease_until`,
    [workspaceId, key, path, requestSha256, leaseSeconds],
  );
  return row && { key, leaseUntil: row.lease_until };
}

function outcomeOf(held: HeldKey, { path, requestSha256 }: IdempotencyRequest): ClaimOutcome {
  if (held.path !== path || !held.request_sha256.equals(requestSha256)) return { kind: 'reused' };
  if (held.response_status !== null && held.response_body !== null)
    return { kind: 'answered', status: held.response_status, body: held.response_body };
  return { kind: 'running', retryAfterSeconds: Math.max(1, held.seconds_left) };
}
