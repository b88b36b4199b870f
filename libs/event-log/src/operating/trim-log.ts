import type { Transaction } from '#libs/database';
import { deadLetterSuffix } from '../consuming/dead-letter.js';
import { topicsKept } from './topics-kept.js';

export interface TrimOptions {
  readonly keepDays: number;
  /** Records that one call may delete. */
  readonly maxRecords: number;
  readonly partitions: number;
}

/**
 * Deletes the oldest records, each partition from its beginning, so that offsets stay dense. Kept in any case: what a
 * registered group has not passed, the last record of a partition (the next append is numbered from it), and dead letters
 * that nobody has replayed or dismissed, with what came after them. Answers how many went.
 */
export async function trimLog(transaction: Transaction, options: TrimOptions): Promise<number> {
  const { keepDays, maxRecords, partitions } = options;
  const [row] = await transaction.query<{ count: number }>(
    `with recursive ${topicsKept},
     lanes as (select topic, p as partition from topics_kept, generate_series(0, $3::integer - 1) p where topic is not null),
     bounds as (
       select topic, partition, least(
         (select "offset" from log_records l where l.topic = n.topic and l.partition = n.partition
          order by "offset" desc limit 1),
         (select min(position) from consumer_positions c where c.topic = n.topic and c.partition = n.partition),
         case when n.topic like '%' || $4 then
           (select l."offset" from log_records l where l.topic = n.topic and l.partition = n.partition and not exists (
             select from dead_letter_ends e where e.topic = l.topic and e.partition = l.partition and e."offset" = l."offset")
            order by l."offset" limit 1)
         end
       ) as bound
       from lanes n
       -- most have nothing to lose, and are not read on
       where (select appended_at from log_records l where l.topic = n.topic and l.partition = n.partition
              order by "offset" limit 1) < clock_timestamp() - make_interval(days => $1)
     ),
     old as (
       select b.topic, b.partition, w."offset" from bounds b
       cross join lateral (
         select "offset", bool_and(appended_at < clock_timestamp() - make_interval(days => $1)) over (order by "offset") as is_old
         from (
           select "offset", appended_at from log_records l
           where l.topic = b.topic and l.partition = b.partition and l."offset" < b.bound order by "offset" limit $2
         ) first_ones
       ) w
       where w.is_old limit $2
     ),
     gone as (
       delete from log_records l using old o
       where l.topic = o.topic and l.partition = o.partition and l."offset" = o."offset"
       returning l.topic, l.partition, l."offset"
     ),
     forgotten as (
       delete from dead_letter_ends e using gone g
       where e.topic = g.topic and e.partition = g.partition and e."offset" = g."offset"
     )
     select count(*)::integer as count from gone`,
    [keepDays, maxRecords, partitions, deadLetterSuffix],
  );
  return row?.count ?? 0;
}
