/** Topics of which there are records: `topics_kept`, for `with recursive`. A step of the primary key each, however many records. */
export const topicsKept = `topics_kept(topic) as (
  (select topic from log_records order by topic limit 1)
  union all
  select (select l.topic from log_records l where l.topic > t.topic order by l.topic limit 1)
  from topics_kept t where t.topic is not null
)`;
