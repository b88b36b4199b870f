import { resolve } from 'node:path';
import type { StandaloneConfig } from '#libs/config';
import {
  checkSchema,
  findEmbeddedPostgres,
  openDataSource,
  openPgDatabase,
  startEmbeddedPostgres,
  type Database,
} from '#libs/database';

/** DATABASE_URL, else the PostgreSQL of a Parley that runs on PARLEY_HOME, else that PostgreSQL started for a moment. */
export async function withParleyDatabase<Result>(
  { databaseUrl, home }: StandaloneConfig,
  say: (line: string) => void,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const running = databaseUrl ?? (await findEmbeddedPostgres(resolve(home)));
  if (running !== null) return withDatabase(running, work);
  const postgres = await startEmbeddedPostgres({ home: resolve(home), say });
  try {
    return await withDatabase(postgres.url, work);
  } finally {
    await postgres.stop();
  }
}

async function withDatabase<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = openPgDatabase(await openDataSource({ url, poolSize: 3 }));
  try {
    const schema = await checkSchema(database);
    if (!schema.ok) throw new Error(schema.reason);
    return await work(database);
  } finally {
    await database.close();
  }
}
