import type { ClientBase } from 'pg';
import { advisoryLocks } from '../advisory-locks.js';
import type { Queryable, Sql } from '../database.js';
import { doubtSends } from './doubt-sends.js';

export interface Seen {
  /** When the server that we are connected to was started. */
  readonly server: string;
  /** The token that was seen last, if any. */
  readonly last: string | undefined;
  readonly isCopy: boolean;
}

export interface Noted {
  readonly token: string;
  readonly isRestored: boolean;
}

interface Start {
  readonly token: string;
  readonly server_started: string;
  readonly identity: string;
  readonly is_restored: boolean;
  /** The token that was seen last is of this history; null: none was seen. */
  readonly knows_last: boolean | null;
}

/** Null: nothing can be noted here, for want of the table or because this is a standby. */
export async function askServer(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ server: string | null }>(
    `select case when to_regclass('database_starts') is not null and not pg_is_in_recovery()
       then extract(epoch from pg_postmaster_start_time())::text end as server`,
  );
  return rows[0]?.server ?? null;
}

/** A name that every backup of an installation has too, and no other installation; undefined: before its first start has ended. */
export async function askInstallation(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ value: string }>(
    `select value from installation where key = 'default_workspace'`,
  );
  return rows[0]?.value;
}

/** Once a start of the server, whichever process comes first; and again by the first that knows of a later state. */
export async function noteStart(client: ClientBase, seen: Seen): Promise<Noted> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.history]);
    const identity = await identityOf(client);
    const noted = await settle(client, seen, { identity, latest: await latestStart(client, seen.last) });
    await client.query('commit');
    return noted;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

interface Found {
  readonly identity: string;
  readonly latest: Start | undefined;
}

async function settle(client: ClientBase, seen: Seen, { identity, latest }: Found): Promise<Noted> {
  const isOfThisStart = latest?.server_started === seen.server && latest.identity === identity;
  // who noticed first has done what there is to do
  if (isOfThisStart && latest.is_restored) return { token: latest.token, isRestored: latest.knows_last === false };
  const isRestored = isOther(latest, identity) || isOlder(seen, latest);
  if (isOfThisStart && !isRestored) return { token: latest.token, isRestored };
  // of a promoted standby or a recovery to a point in time nobody knows how far the old starts are the same
  if (isOther(latest, identity)) await client.query('delete from database_starts');
  if (isRestored) await doubtSends(asQueryable(client));
  return { token: await addStart(client, seen.server, identity, isRestored), isRestored };
}

function isOther(latest: Start | undefined, identity: string): boolean {
  return latest !== undefined && latest.identity !== identity;
}

function isOlder({ last, isCopy }: Seen, latest: Start | undefined): boolean {
  return isCopy || (last !== undefined && latest?.knows_last !== true);
}

function asQueryable(client: ClientBase): Queryable {
  return {
    query: async <Row extends object>(sql: Sql) => (await client.query<Row>(sql)).rows,
  };
}

async function addStart(client: ClientBase, server: string, identity: string, isRestored: boolean): Promise<string> {
  const { rows } = await client.query<Pick<Start, 'token'>>(
    `insert into database_starts (token, number, server_started, identity, is_restored, owes_news)
     values (gen_random_uuid(), (select coalesce(max(number), 0) + 1 from database_starts), $1, $2, $3, $3) returning token`,
    [server, identity, isRestored],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The start of the database could not be noted.');
  return row.token;
}

async function latestStart(client: ClientBase, last: string | undefined): Promise<Start | undefined> {
  const { rows } = await client.query<Start>(
    `select token, server_started, identity, is_restored,
       case when $1::uuid is not null then exists (select from database_starts where token = $1) end as knows_last
     from database_starts order by number desc limit 1`,
    [last ?? null],
  );
  return rows[0];
}

/** The cluster, where we may ask for it, its timeline (another after a promotion or a recovery to a point in time), database and log. */
async function identityOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ place: string; may_ask: boolean }>(
    `select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ' ' || 'log_records'::regclass::oid || ' ' ||
       (select oid from pg_database where datname = current_database()) as place,
       has_function_privilege('pg_control_system()', 'execute') as may_ask`,
  );
  const [row] = rows;
  if (row?.may_ask !== true) return row?.place ?? '';
  const system = await client.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
  return `${row.place} ${system.rows[0]?.id ?? ''}`;
}
