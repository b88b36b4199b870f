import { migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { openPostgresEventLog, type EventLog } from '#libs/event-log';
import { createLogger } from '#libs/observability';
import type { Platform } from '#libs/platform';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { waitFor } from '../../../test/harness/wait-for.js';
import { Housekeeping } from '../src/housekeeping/housekeeping.js';

const logRetentionDays = 7;

interface Kind {
  readonly table: string;
  /** So long it is kept. */
  readonly days: number;
  readonly columns: string;
  /** As SQL: `n` tells two rows from one another, `at` is when they were made. */
  readonly row: string;
}

const kinds: readonly Kind[] = [
  {
    table: 'log_records',
    days: logRetentionDays,
    columns: 'topic, partition, "offset", key, workspace_id, headers, value, appended_at',
    row: `'channel.events', 0, n, 'k', gen_random_uuid(), '{}', '{}', at`,
  },
  {
    table: 'idempotency_keys',
    days: 25 / 24,
    columns: 'workspace_id, key, path, request_sha256, created_at',
    row: `gen_random_uuid(), 'k' || n, '/', '', at`,
  },
  {
    table: 'waiting_effects',
    days: 30,
    columns: 'channel_id, awaits, event_id, workspace_id, conversation_id, event, created_at',
    row: `gen_random_uuid(), 'mid:' || n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '{}', at`,
  },
  {
    table: 'webhook_gaps',
    days: 90,
    columns: 'id, source, source_channel_id, started_at, ended_at, refused, created_at',
    row: `gen_random_uuid(), 'facebook', 'page-' || n, at, at, 1, at`,
  },
  {
    table: 'consumer_members',
    days: 1,
    columns: 'consumer_group, topic, member, until',
    row: `'nobody’s', 'channel.events', 'm' || n, at`,
  },
];

describe('housekeeping', () => {
  let test: TestDatabase;
  let database: Database;
  let log: EventLog;
  let housekeeping: Housekeeping;

  const rowsOf = async (table: string): Promise<string[]> => {
    const rows = await database.query<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`);
    return rows.map(({ row }) => row);
  };

  beforeAll(async () => {
    test = await createTestDatabase();
    await migrate(test.url);
    database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 4 }));
    log = await openPostgresEventLog({ database });
    const logger = createLogger({ app: 'projector', level: 'silent' });
    housekeeping = new Housekeeping({ database, log, logger, logRetentionDays } as Platform);
  });

  afterAll(async () => {
    await log.close();
    await database.close();
    await test.drop();
  });

  it('deletes of each kind what is older than it is kept, and nothing younger', async () => {
    for (const { table, days, columns, row } of kinds)
      await database.query(
        `insert into ${table} (${columns}) select ${row} from (values (0, 1), (1, -1)) v(n, hours),
           lateral (select now() - make_interval(mins => round($1::numeric * 1440)::integer, hours => hours) as at) a`,
        [days],
      );
    const young = new Map<string, string[]>();
    for (const { table } of kinds) young.set(table, (await rowsOf(table)).slice(1));
    housekeeping.onApplicationBootstrap();
    try {
      await waitFor('the older ones to go', async () => {
        for (const { table } of kinds) expect(await rowsOf(table)).toEqual(young.get(table));
        return true;
      });
    } finally {
      await housekeeping.onModuleDestroy();
    }
  });
});
