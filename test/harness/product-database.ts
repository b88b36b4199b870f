import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '#libs/testing';

const made: TestDatabase[] = [];
const noted = (home: string): string => join(home, 'database-url');

/** The suites run on the embedded PostgreSQL, or, where one is named from outside, on a server: then a home has a database there. */
export async function databaseFor(home: string): Promise<NodeJS.ProcessEnv> {
  if (process.env['PARLEY_TEST_ON_SERVER'] !== 'yes') return {};
  const database = await createTestDatabase();
  made.push(database);
  writeFileSync(noted(home), database.url);
  return { DATABASE_URL: database.url };
}

/** Undefined: it is the embedded one. */
export function serverDatabaseOf(home: string): string | undefined {
  return existsSync(noted(home)) ? readFileSync(noted(home), 'utf8') : undefined;
}

export async function dropDatabases(): Promise<void> {
  for (const database of made.splice(0)) await database.drop();
}
