import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { dataSourceOptions, openDataSource } from '../src/data-source.js';
import type { Database } from '../src/database.js';
import { checkSchema, migrate } from '../src/migrate.js';
import { migrations } from '../src/migrations/migrations.js';
import { openPgDatabase } from '../src/pg-database.js';
import { readSchema } from './read-schema.js';

const names = migrations.map(({ name }) => name);

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await createTestDatabase();
  database = openPgDatabase(await openDataSource({ url: opened.url, poolSize: 3 }));
});
afterAll(async () => {
  await database.close();
  await opened.drop();
});

// In order: one database from its first day on.
describe('a database', () => {
  it('is refused while it is empty, with the command that brings it up', async () => {
    expect(await checkSchema(database)).toEqual({ ok: false, reason: expect.stringContaining('npm run migrate') });
  });

  it('gets every migration once and in order, from processes that start at once', async () => {
    const results = await Promise.all([migrate(opened.url), migrate(opened.url), migrate(opened.url)]);

    expect(results.flatMap(({ applied }) => applied)).toEqual(names);
  });

  it('is accepted once it is migrated, and has no more to get', async () => {
    expect(await checkSchema(database)).toEqual({ ok: true, newer: [] });

    expect(await migrate(opened.url)).toEqual({ applied: [] });
  });

  it('is accepted with what a later release has added (interleaving 25)', async () => {
    const sql = `insert into schema_migrations (timestamp, name) values (9999999999999, 'Later9999999999999')`;
    await database.query(sql);

    expect(await checkSchema(database)).toEqual({ ok: true, newer: ['Later9999999999999'] });
    expect(await migrate(opened.url)).toEqual({ applied: [] });
  });

  it('is refused while one migration is missing (interleaving 25)', async () => {
    const missing = names.slice(-1);
    await database.query('update schema_migrations set name = $2 where name = any($1)', [missing, 'Gone']);
    const check = await checkSchema(database);
    await database.query('update schema_migrations set name = $2 where name = $1', ['Gone', missing[0]]);

    expect(check).toEqual({ ok: false, reason: expect.stringContaining(`1 of ${names.length}`) });
  });
});

describe('migrations', () => {
  let empty: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    empty = await createTestDatabase();
    dataSource = await openDataSource({ url: empty.url, poolSize: 1, hasTimeouts: false });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await empty.drop();
  });

  // In order: each case leaves its migration applied for the next.
  it.each(migrations.map((Migration) => [Migration.name, new Migration()] as const))(
    '%s leaves nothing behind when it is taken back',
    async (_name, migration) => {
      const runner = dataSource.createQueryRunner();
      const before = await readSchema(runner);
      await migration.up(runner);
      const after = await readSchema(runner);

      await migration.down(runner);
      expect(await readSchema(runner)).toEqual(before);

      await migration.up(runner);
      expect(await readSchema(runner)).toEqual(after);
      expect(after).not.toEqual(before);
      await runner.release();
    },
  );
});

describe('entities', () => {
  it('ask the migrated schema for no change', async () => {
    const dataSource = await openDataSource({ url: opened.url, poolSize: 2 });
    const wanted = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();

    expect(wanted.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('describe the migrated schema: columns, defaults, keys, checks and partial indexes', async () => {
    const empty = await createTestDatabase();
    const dataSource = new DataSource(dataSourceOptions({ url: empty.url, poolSize: 2, hasTimeouts: false }));
    await dataSource.initialize();
    await dataSource.synchronize();
    const described = await readSchema(dataSource);
    await dataSource.destroy();
    await empty.drop();

    const real = await readSchema(database);
    expect(described.columns).toEqual(real.columns);
    expect(described.indexes).toEqual(real.indexes);
    expect(described.constraints).toEqual(real.constraints);
  });
});

describe('tables', () => {
  const tableNames = async (condition: string): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables t
       where table_schema = 'public' and ${condition} order by table_name collate "C"`,
    );
    return rows.map(({ name }) => name);
  };

  it('all have a primary key', async () => {
    expect(
      await tableNames(`not exists (select from information_schema.table_constraints c
        where c.table_name = t.table_name and c.constraint_type = 'PRIMARY KEY')`),
    ).toEqual([]);
  });

  it('carry their workspace, but for those of the installation and of the log', async () => {
    expect(
      await tableNames(`not exists (select from information_schema.columns c
        where c.table_name = t.table_name and c.column_name = 'workspace_id' and c.is_nullable = 'NO')`),
    ).toEqual([
      'consumer_leases',
      'consumer_members',
      'consumer_positions',
      'database_starts',
      'dead_letter_ends',
      'installation',
      'schema_migrations',
      'webhook_gaps',
      'workspaces',
    ]);
  });

  it('have snake_case names in the plural', async () => {
    expect(await tableNames(`table_name !~ '^[a-z]+(_[a-z]+)*s$'`)).toEqual(['channel_activity', 'installation']);
  });

  it('have snake_case columns', async () => {
    const odd = await database.query(
      `select table_name, column_name from information_schema.columns
       where table_schema = 'public' and column_name !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'`,
    );
    expect(odd).toEqual([]);
  });

  it('keep instants in milliseconds with their zone', async () => {
    const kinds = await database.query(
      `select distinct data_type, datetime_precision from information_schema.columns
       where table_schema = 'public' and (data_type like 'timestamp%' or data_type in ('date', 'time'))`,
    );
    expect(kinds).toEqual([{ data_type: 'timestamp with time zone', datetime_precision: 3 }]);
  });
});
