import type { Queryable } from '#libs/database';
import type { Lag, LogRecord, Positions, ReadRange, TopicRange } from '../event-log.js';
import type { Consumer } from '../consuming/consumer-positions.js';
import { groupBy } from '../consuming/group-by.js';
import type { Inbox, OpenLane } from './inbox.js';

/** What one partition gives at a time, in bytes: a page of large records must not fill the memory. */
const pageBytes = 4_194_304;
export const columns = `topic, partition, "offset", key, workspace_id, headers, value, appended_at`;

export interface RecordRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly workspace_id: string;
  readonly headers: string;
  readonly value: string;
  readonly appended_at: Date;
}

export interface Page {
  readonly lane: OpenLane;
  readonly records: readonly LogRecord[];
  /** Nothing was behind the records. */
  readonly isAll: boolean;
}

interface Reading {
  readonly topic: string;
  readonly lanes: readonly OpenLane[];
  /** Records of each lane. */
  readonly limit: number;
}

/** One page of every partition that may have more. */
export async function readInbox(database: Queryable, topic: string, inbox: Inbox, limit: number): Promise<void> {
  const lanes = inbox.toRead();
  if (lanes.length === 0) return;
  for (const { lane, records, isAll } of await readLanes(database, { topic, lanes, limit })) {
    inbox.fill(lane, records, isAll);
  }
}

/** One page of every lane in one statement. Whether more is behind a page is seen by its size, which costs PostgreSQL nothing. */
async function readLanes(database: Queryable, { topic, lanes, limit }: Reading): Promise<readonly Page[]> {
  const rows = await database.query<RecordRow>(readLanesSql, [
    topic,
    lanes.map(({ partition }) => partition),
    lanes.map(({ next }) => next),
    limit,
    pageBytes,
  ]);
  const byPartition = groupBy(rows, ({ partition }) => partition);
  return lanes.map((lane) => {
    // what comes out of order would be passed over; PostgreSQL would sort whole rows
    const page = (byPartition.get(lane.partition) ?? []).sort((one, other) => one.offset - other.offset);
    const isAll = page.length < limit && bytesOf(page) < pageBytes;
    return { lane, records: page.map(toRecord), isAll };
  });
}

const readLanesSql = {
  name: 'read_lanes',
  text: `select ${columns}
    from unnest($2::integer[], $3::bigint[]) lane(p, o)
    cross join lateral (
      select l.*, sum(octet_length(value)) over (order by l."offset" rows unbounded preceding) - octet_length(value) as bytes_before
      from log_records l where l.topic = $1 and l.partition = lane.p and l."offset" >= lane.o
      order by l."offset" limit $4
    ) page
    where bytes_before < $5`,
};

function bytesOf(page: readonly RecordRow[]): number {
  return page.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
}

export async function readRange(database: Queryable, range: ReadRange): Promise<readonly LogRecord[]> {
  const rows = await database.query<RecordRow>(
    `select ${columns} from log_records
     where topic = $1 and workspace_id = $2 and partition = $3 and "offset" >= $4 and "offset" < $5
     order by "offset" limit $6`,
    [range.topic, range.workspaceId, range.partition, range.from, range.to, range.limit],
  );
  return rows.map(toRecord);
}

export async function topicRange(database: Queryable, topic: string, partitions: number): Promise<TopicRange> {
  const rows = await database.query<{ partition: number; first: number; end: number }>(
    `select p as partition,
       coalesce((select "offset" from log_records l where l.topic = $1 and l.partition = p order by "offset" limit 1), 0) as first,
       coalesce((select "offset" + 1 from log_records l where l.topic = $1 and l.partition = p order by "offset" desc limit 1), 0) as end
     from generate_series(0, $2::integer - 1) p`,
    [topic, partitions],
  );
  const by = (pick: 'first' | 'end'): Positions => Object.fromEntries(rows.map((row) => [row.partition, row[pick]]));
  return { first: by('first'), end: by('end') };
}

export async function groupLag(database: Queryable, { group, topic }: Consumer, partitions: number): Promise<Lag> {
  const [row] = await database.query<Lag>(
    `with lanes as (
       select p, coalesce(
         c.position, (select "offset" from log_records l where l.topic = $2 and l.partition = p order by "offset" limit 1), 0) as position
       from generate_series(0, $3::integer - 1) p
       left join consumer_positions c on c.consumer_group = $1 and c.topic = $2 and c.partition = p
     )
     select
       coalesce(sum(greatest(0, ends.next - position)), 0)::bigint as records,
       coalesce(greatest(0, extract(epoch from clock_timestamp() - min(oldest.appended_at))), 0)::float8 as seconds
     from lanes
     left join lateral (
       select "offset" + 1 as next from log_records l where l.topic = $2 and l.partition = p order by "offset" desc limit 1
     ) ends on true
     left join lateral (
       select appended_at from log_records l where l.topic = $2 and l.partition = p and l."offset" >= position order by "offset" limit 1
     ) oldest on true`,
    [group, topic, partitions],
  );
  return row ?? { records: 0, seconds: 0 };
}

export function toRecord(row: RecordRow): LogRecord {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: row.offset,
    key: row.key,
    workspaceId: row.workspace_id,
    headers: JSON.parse(row.headers) as Record<string, string>,
    value: row.value,
    appendedAt: row.appended_at,
  };
}
