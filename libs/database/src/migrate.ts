import type { QueryRunner } from 'typeorm';
import { advisoryLocks } from './advisory-locks.js';
import { openDataSource } from './data-source.js';
import type { Queryable } from './database.js';
import { migrations } from './migrations/migrations.js';
import { sqlState } from './pg-database.js';

const undefinedTable = '42P01';

export type SchemaCheck =
  /** `newer`: what a later release has added; a process runs on its schema or the next one. */
  { readonly ok: true; readonly newer: readonly string[] } | { readonly ok: false; readonly reason: string };

/** Brings the schema up. Of several processes at once the first one does it and the others wait for it. */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  const dataSource = await openDataSource({ url, poolSize: 2, hasTimeouts: false });
  try {
    const runner = dataSource.createQueryRunner();
    return await whileLocked(runner, async () => {
      const applied = await dataSource.runMigrations({ transaction: 'all' });
      return { applied: applied.map(({ name }) => name) };
    });
  } finally {
    await dataSource.destroy();
  }
}

export async function checkSchema(sql: Queryable): Promise<SchemaCheck> {
  const ours = migrations.map((Migration) => new Migration().name as string);
  const applied = await appliedMigrations(sql);
  const missing = ours.filter((name) => !applied.includes(name));
  if (missing.length === 0) return { ok: true, newer: applied.filter((name) => !ours.includes(name)) };
  return {
    ok: false,
    reason: `The database lacks ${missing.length} of ${ours.length} migrations (${missing.join(', ')}): run \`npm run migrate\` first.`,
  };
}

async function whileLocked<Result>(runner: QueryRunner, work: () => Promise<Result>): Promise<Result> {
  await runner.query('select pg_advisory_lock($1)', [advisoryLocks.migration]);
  try {
    return await work();
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [advisoryLocks.migration]);
    await runner.release();
  }
}

async function appliedMigrations(sql: Queryable): Promise<string[]> {
  try {
    const rows = await sql.query<{ name: string }>('select name from schema_migrations order by timestamp');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (sqlState(error) === undefinedTable) return [];
    throw error;
  }
}
