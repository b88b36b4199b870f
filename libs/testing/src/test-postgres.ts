import { randomBytes } from 'node:crypto';
import { openDataSource, openPgDatabase } from '#libs/database';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of its own on the PostgreSQL of this Jest run (test/global-setup.mjs), or on another. */
export async function createTestDatabase(server = serverUrl()): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOn(server, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(server, `drop database if exists ${name} with (force)`) };
}

function serverUrl(): string {
  const { PARLEY_TEST_POSTGRES_URL: url = '', PARLEY_TEST_POSTGRES_MISSING: reason = '' } = process.env;
  if (url !== '') return url;
  throw new Error(
    `There is no PostgreSQL for the tests${reason === '' ? '' : `: ${reason}`}. Build first: npm test does.`,
  );
}

/** `create database` runs in no transaction and may take longer than our time-outs allow. */
async function runOn(url: string, statement: string): Promise<void> {
  const database = openPgDatabase(await openDataSource({ url, poolSize: 1, hasTimeouts: false }));
  try {
    await database.query(statement);
  } finally {
    await database.close();
  }
}
