import type { Queryable } from '#libs/database';

const key = 'log_partitions';
const defaultPartitions = 8;

/** The number is fixed at the first start: another one would move keys to other partitions and break their order. */
export async function settlePartitions(database: Queryable, configured: number | undefined): Promise<number> {
  await database.query('insert into installation (key, value) values ($1, $2) on conflict do nothing', [
    key,
    String(configured ?? defaultPartitions),
  ]);
  const [row] = await database.query<{ value: string }>('select value from installation where key = $1', [key]);
  const settled = Number(row?.value);
  if (configured !== undefined && configured !== settled) {
    throw new Error(
      `The log has ${settled} partitions, ${configured} are configured. The number can't be changed: configure ${settled}.`,
    );
  }
  return settled;
}
