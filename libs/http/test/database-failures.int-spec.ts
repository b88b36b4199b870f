import { openDataSource, openPgDatabase, type Database } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { CutLine } from '../../../test/harness/cut-line.js';
import { freePort } from '../../../test/harness/free-port.js';
import { startHoldingProxy } from '../../database/test/holding-proxy.js';
import { problemOf } from '../src/problem/problem-of.js';
import { rejectionOf, startFailingServer } from './failing-servers.js';

const seconds = 1_000;
type Failing = () => Promise<unknown>;

/** Not the driver's words but the driver itself, on servers that fail. */
describe('a database that fails', () => {
  let test: TestDatabase;
  let problems: Map<string, ReturnType<typeof problemOf>>;
  const closing: (() => Promise<unknown>)[] = [];

  const connect = async (url: string, settings: { poolSize: number; hasTimeouts?: boolean }): Promise<Database> => {
    const database = openPgDatabase(await openDataSource({ url, ...settings }));
    closing.push(() => database.close());
    return database;
  };
  const connectThrough = async (): Promise<{ line: CutLine; database: Database }> => {
    const line = await CutLine.to(test.url);
    closing.push(() => line.cut());
    return { line, database: await connect(line.url, { poolSize: 1 }) };
  };
  const failingServer = async (...treat: Parameters<typeof startFailingServer>): Promise<string> => {
    const server = await startFailingServer(...treat);
    closing.push(() => server.close());
    return server.url;
  };

  const failures: Readonly<Record<string, Failing>> = {
    'is not there': async () =>
      connect(`postgres://parley:secret@127.0.0.1:${await freePort()}/parley`, { poolSize: 1 }),
    'ends every connection': async () => connect(await failingServer((socket) => socket.end()), { poolSize: 1 }),
    'resets every connection': async () =>
      connect(await failingServer((socket) => socket.resetAndDestroy()), { poolSize: 1 }),
    'takes connections and says nothing': async () => connect(await failingServer(() => undefined), { poolSize: 1 }),
    'says nothing to a listener': async () => {
      const proxy = await startHoldingProxy(test.url);
      closing.push(() => proxy.close());
      const database = await connect(proxy.url, { poolSize: 1 });
      proxy.hold();
      return database.listen('anything', () => undefined);
    },
    'is cut off in a statement': async () => {
      const { line, database } = await connectThrough();
      return database.transaction(async (sql) => {
        await sql.query('select 1');
        const asked = rejectionOf(sql.query('select pg_sleep(30)'));
        await line.cut();
        throw await asked;
      });
    },
    'was cut off before a statement': async () => {
      const { line, database } = await connectThrough();
      return database.transaction(async (sql) => {
        await sql.query('select 1');
        await line.cut();
        await rejectionOf(sql.query('select 1'));
        await sql.query('select 1');
      });
    },
    'does not answer a statement': async () => {
      const database = await connect(`${test.url}?query_timeout=100`, { poolSize: 1 });
      return database.query('select pg_sleep(2)');
    },
    'breaks off a statement that takes too long': async () => {
      const database = await connect(test.url, { poolSize: 1 });
      return database.query('select pg_sleep(30)');
    },
    'has all of its connections at work': async () => {
      const database = await connect(test.url, { poolSize: 1, hasTimeouts: false });
      void database.query('select pg_sleep(5.5)');
      return database.query('select 1');
    },
  };

  beforeAll(async () => {
    test = await createTestDatabase();
    const found = Object.entries(failures).map(
      async ([name, fail]) => [name, problemOf(await rejectionOf(fail()))] as const,
    );
    problems = new Map(await Promise.all(found));
  }, 30 * seconds);

  afterAll(async () => {
    await Promise.allSettled(closing.map((close) => close()));
    await test.drop();
  });

  it.each(Object.keys(failures))('is a part that is away, not an error of ours, when it %s', (name) => {
    expect(problems.get(name)).toMatchObject({ code: 'unavailable', status: 503 });
  });

  it('is our error when it refuses what we ask', async () => {
    const database = await connect(test.url, { poolSize: 1 });
    expect(problemOf(await rejectionOf(database.query('select nothing'))).code).toBe('internal');
  });
});
