import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataSource, openPgDatabase, type Database } from '#libs/database';
import { serverDatabaseOf } from './product-database.js';
import { clusterOf } from './temporary-home.js';

const PORT_LINE = 3;

/** As whoever may read the home knows it. */
export function databasePassword(home: string): string {
  const server = serverDatabaseOf(home);
  return server === undefined ? readFileSync(join(home, 'postgres-password'), 'utf8').trim() : new URL(server).password;
}

function embeddedUrl(home: string): string {
  const port = readFileSync(join(clusterOf(home), 'postmaster.pid'), 'utf8').split('\n')[PORT_LINE] ?? '';
  return `postgres://parley:${databasePassword(home)}@127.0.0.1:${port}/parley`;
}

/** Looks into the database of a running standalone, to see what it does not tell. */
export async function openEmbeddedDatabase(
  home: string,
  { poolSize = 1, hasTimeouts = true }: { readonly poolSize?: number; readonly hasTimeouts?: boolean } = {},
): Promise<Database> {
  const url = serverDatabaseOf(home) ?? embeddedUrl(home);
  return openPgDatabase(await openDataSource({ url, poolSize, hasTimeouts }));
}

export async function withDatabase<Result>(
  home: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openEmbeddedDatabase(home);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Every row of every table, one a line after its table's name; a bytea as PostgreSQL writes it, in hex. */
export async function dumpTables(home: string): Promise<readonly string[]> {
  return withDatabase(home, async (database) => {
    const tables = await database.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
      found.push(...rows.map(({ row }) => `${name}: ${row}`));
    }
    return found;
  });
}
