import type { Database, Queryable } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';

export interface Member extends Consumer {
  readonly member: string;
  readonly leaseMs: number;
}

export interface Renewal {
  /** Partitions that this member may try. */
  readonly owned: readonly number[];
  /** Others should look too: this member is new, or it gave something back. */
  readonly isNews: boolean;
  /** Until the first of the other members is given up, or a lease of theirs is over, unless they say that they live. */
  readonly firstEndMs: number;
}

const forgottenAfter = '1 minute';

export async function createLeases(database: Queryable, { group, topic }: Consumer, partitions: number): Promise<void> {
  await database.query(
    `insert into consumer_leases (consumer_group, topic, partition, until)
     select $1, $2, p, clock_timestamp() from generate_series(0, $3::integer - 1) p
     where not exists (select from consumer_leases l where l.consumer_group = $1 and l.topic = $2 and l.partition = p)
     on conflict do nothing`,
    [group, topic, partitions],
  );
}

/** Says that the member lives, extends what it owns, gives back what is over its share and takes what is free. */
export async function renewLeases(database: Database, member: Member, partitions: number): Promise<Renewal> {
  return database.transaction(async (transaction) => {
    const isNew = await stepForward(transaction, member);
    const share = await fairShare(transaction, member, partitions);
    const held = await extend(transaction, member);
    const kept = held.slice(0, share);
    const surplus = held.slice(share);
    if (surplus.length > 0) await release(transaction, member, surplus);
    const taken = kept.length < share ? await takeFree(transaction, member, share - kept.length) : [];
    const firstEndMs = await firstEnd(transaction, member);
    return { owned: [...kept, ...taken], isNews: isNew || surplus.length > 0, firstEndMs };
  });
}

export async function leaveGroup(database: Database, member: Member): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(
      'delete from consumer_members where consumer_group = $1 and topic = $2 and member = $3',
      idOf(member),
    );
    await transaction.query(
      `update consumer_leases set owner = null, until = clock_timestamp() where consumer_group = $1 and topic = $2 and owner = $3`,
      idOf(member),
    );
  });
}

async function stepForward(transaction: Queryable, member: Member): Promise<boolean> {
  await transaction.query(
    `delete from consumer_members
     where consumer_group = $1 and topic = $2 and member <> $3 and until < clock_timestamp() - interval '${forgottenAfter}'`,
    idOf(member),
  );
  const rows = await transaction.query<{ is_new: boolean }>(
    `insert into consumer_members (consumer_group, topic, member, until)
     values ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
     on conflict (consumer_group, topic, member) do update set until = excluded.until
     returning xmax = 0 as is_new`,
    [...idOf(member), member.leaseMs],
  );
  return rows.some(({ is_new }) => is_new);
}

/** Every member counts the same list, so the shares add up to all partitions. */
async function fairShare(
  transaction: Queryable,
  { group, topic, member }: Member,
  partitions: number,
): Promise<number> {
  const rows = await transaction.query<{ member: string }>(
    `select member from consumer_members
     where consumer_group = $1 and topic = $2 and until > clock_timestamp() order by member collate "C"`,
    [group, topic],
  );
  const rank = rows.findIndex((row) => row.member === member);
  return Math.floor(partitions / rows.length) + (rank < partitions % rows.length ? 1 : 0);
}

/** A member's leases end some milliseconds after itself: who looks between the two finds it gone and nothing to take up yet. */
async function firstEnd(transaction: Queryable, member: Member): Promise<number> {
  const rows = await transaction.query<{ left_ms: number }>(
    `select (extract(epoch from until - clock_timestamp()) * 1000)::float8 as left_ms from (
       select until from consumer_members where consumer_group = $1 and topic = $2 and member <> $3
       union all
       select until from consumer_leases where consumer_group = $1 and topic = $2 and owner <> $3
     ) ends
     where until > clock_timestamp()`,
    idOf(member),
  );
  return Math.min(...rows.map(({ left_ms }) => left_ms));
}

async function extend(transaction: Queryable, member: Member): Promise<readonly number[]> {
  const rows = await transaction.query<{ partition: number }>(
    `update consumer_leases set until = clock_timestamp() + $4 * interval '1 millisecond'
     where consumer_group = $1 and topic = $2 and owner = $3 returning partition`,
    [...idOf(member), member.leaseMs],
  );
  return rows.map(({ partition }) => partition).sort((a, b) => a - b);
}

async function release(transaction: Queryable, member: Member, partitions: readonly number[]): Promise<void> {
  await transaction.query(
    `update consumer_leases set owner = null, until = clock_timestamp()
     where consumer_group = $1 and topic = $2 and owner = $3 and partition = any($4::integer[])`,
    [...idOf(member), partitions],
  );
}

async function takeFree(transaction: Queryable, member: Member, wanted: number): Promise<readonly number[]> {
  const rows = await transaction.query<{ partition: number }>(
    // materialized: as a subquery of the join it may be asked once a row, and takes more than its limit
    `with free as materialized (
       select partition from consumer_leases
       where consumer_group = $1 and topic = $2 and (owner is null or (owner <> $3 and until <= clock_timestamp()))
       order by partition limit $5 for update skip locked
     )
     update consumer_leases l set owner = $3, until = clock_timestamp() + $4 * interval '1 millisecond' from free
     where l.consumer_group = $1 and l.topic = $2 and l.partition = free.partition
     returning l.partition`,
    [...idOf(member), member.leaseMs, wanted],
  );
  return rows.map(({ partition }) => partition);
}

function idOf({ group, topic, member }: Member): readonly [string, string, string] {
  return [group, topic, member];
}
