import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { openPostgresEventLog, type EventLog } from '#libs/event-log';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { readExposition, valueOf } from '../../../test/harness/exposition.js';
import { createMetricsPage, openMetrics, openMetricsDoor, type MetricsDoor, type OpenMetrics } from '../src/index.js';

describe('/metrics', () => {
  let test: TestDatabase;
  let database: Database;
  let log: EventLog;
  let metrics: OpenMetrics;
  let page: () => Promise<string>;

  beforeAll(async () => {
    test = await createTestDatabase();
    await migrate(test.url);
    database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 3 }));
    log = await openPostgresEventLog({ database });
    metrics = await openMetrics('test');
    const checks = () => [
      { name: 'fine', check: () => Promise.resolve({ ok: true }) },
      { name: 'broken', check: () => Promise.reject(new Error('no')) },
      { name: 'silent', check: () => new Promise<never>(() => undefined) },
    ];
    page = await createMetricsPage(metrics, { database, log, checks });
  });
  afterAll(async () => {
    await log.close();
    await database.close().catch(() => undefined);
    await test.drop();
  });

  it('tells what this process counted, in seconds and in totals', async () => {
    metrics.visible(0.02);
    metrics.visible(7);
    metrics.sent(0.3);
    metrics.webhook('accepted');
    metrics.webhook('accepted');
    metrics.appended('channel.events', 3);
    metrics.unrouted('unknown_page');
    metrics.sourceCall({ source: 'facebook', outcome: 'refused', seconds: 0.2 });
    metrics.answered({ route: '/messages.send', status: 422, seconds: 0.01 });
    metrics.streams(4);
    metrics.streamBuffers(() => 4096);

    const samples = readExposition(await page());
    expect(valueOf(samples, 'parley_info', { app: 'test' })).toBe(1);
    expect(valueOf(samples, 'parley_ingest_to_visible_seconds_count')).toBe(2);
    expect(valueOf(samples, 'parley_ingest_to_visible_seconds_sum')).toBeCloseTo(7.02);
    expect(valueOf(samples, 'parley_ingest_to_visible_seconds_bucket', { le: '0.025' })).toBe(1);
    expect(valueOf(samples, 'parley_send_to_sent_seconds_count')).toBe(1);
    expect(valueOf(samples, 'parley_webhook_requests_total', { outcome: 'accepted' })).toBe(2);
    expect(valueOf(samples, 'parley_log_appends_total', { topic: 'channel.events' })).toBe(3);
    expect(valueOf(samples, 'parley_unrouted_total', { reason: 'unknown_page' })).toBe(1);
    expect(valueOf(samples, 'parley_source_call_seconds_count', { source: 'facebook', outcome: 'refused' })).toBe(1);
    const route = { route: '/messages.send', status: '4xx' };
    expect(valueOf(samples, 'parley_http_request_duration_seconds_count', route)).toBe(1);
    expect(valueOf(samples, 'parley_streams_open')).toBe(4);
    expect(valueOf(samples, 'parley_stream_buffer_bytes')).toBe(4096);
    expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(valueOf(samples, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('tells which parts are ready, also when one does not answer', async () => {
    const samples = readExposition(await page());
    expect(['fine', 'broken', 'silent'].map((check) => valueOf(samples, 'parley_ready', { check }))).toEqual([1, 0, 0]);
  });

  it('asks the log how far each registered group is behind', async () => {
    const subscription = await log.subscribe('idle', 'some.topic', () => Promise.resolve());
    await subscription.close();
    const workspaceId = '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01';
    const record = { topic: 'some.topic', key: 'x', workspaceId, headers: {}, value: '1' };
    await log.append([record, record]);
    await log.append([{ ...record, topic: 'some.topic.dead-letter' }]);
    await database.query(`update log_records set appended_at = now() - interval '100 seconds'`);

    const samples = readExposition(await page());
    expect(valueOf(samples, 'parley_log_lag_records', { group: 'idle', topic: 'some.topic' })).toBe(2);
    expect(valueOf(samples, 'parley_log_lag_seconds', { group: 'idle', topic: 'some.topic' })).toBeCloseTo(100, -1);
    expect(valueOf(samples, 'parley_dead_letters', { topic: 'some.topic.dead-letter' })).toBe(1);
    expect(valueOf(samples, 'parley_open_sends')).toBe(0);
    expect(valueOf(samples, 'parley_database_up')).toBe(1);
  });

  it('answers without the database, in time, with what is known, and says that it is away', async () => {
    let release = (): void => undefined;
    const frozen = new Promise<void>((resolve) => {
      release = resolve;
    });
    const away: Database = { ...database, query: () => frozen.then(() => Promise.reject(new Error('away'))) };
    const other = await openMetrics('other');
    other.streams(2);
    const withoutDatabase = await createMetricsPage(other, { database: away, log, checks: () => [] });

    const startedAt = performance.now();
    const texts = await Promise.all([withoutDatabase(), withoutDatabase()]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    release();

    for (const samples of [...texts, await withoutDatabase()].map(readExposition)) {
      expect(valueOf(samples, 'parley_database_up')).toBe(0);
      expect(valueOf(samples, 'parley_streams_open')).toBe(2);
      expect(samples.filter(({ name }) => /^parley_(log_lag|open_send|waiting|channel)/.test(name))).toEqual([]);
    }
  });

  it('asks the database once at a time, however many scrapes come', async () => {
    let running = 0;
    let most = 0;
    const counted: Database = {
      ...database,
      query: async (sql, parameters) => {
        running += 1;
        most = Math.max(most, running);
        return database.query<never>(sql, parameters).finally(() => {
          running -= 1;
        });
      },
    };
    const crowded = await createMetricsPage(await openMetrics('crowd'), { database: counted, log, checks: () => [] });
    await Promise.all(Array.from({ length: 20 }, crowded));
    expect(most).toBe(1);
  });
});

describe('the door of /metrics', () => {
  const opened: (MetricsDoor | Server)[] = [];
  const host = '127.0.0.1';
  const page = (): Promise<string> => Promise.resolve('parley_up 1\n');
  afterEach(async () => {
    for (const door of opened.splice(0)) await door.close();
  });

  async function takenPort(): Promise<number> {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    opened.push(server);
    return (server.address() as AddressInfo).port;
  }

  async function open(port: number, mayMove: boolean): Promise<MetricsDoor> {
    const door = await openMetricsDoor({ host, port, mayMove, page });
    opened.push(door);
    return door;
  }

  it('shows the page as Prometheus reads it, and nothing else', async () => {
    const { url } = await open(0, false);
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('parley_up 1\n');
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}?name=x`)).status).toBe(200);
  });

  it('refuses a port that is taken, and says what to set', async () => {
    const port = await takenPort();
    await expect(open(port, false)).rejects.toThrow(
      `METRICS_PORT ${port} is already in use on 127.0.0.1: set METRICS_PORT to a free port, or to 0 to turn /metrics off.`,
    );
  });

  it('moves to a free one where it may', async () => {
    const port = await takenPort();
    const door = await open(port, true);
    expect(door.hasMoved).toBe(true);
    expect((await fetch(door.url)).status).toBe(200);
  });

  it('says so when the page cannot be made, and lives on', async () => {
    const door = await openMetricsDoor({ host, port: 0, mayMove: false, page: () => Promise.reject(new Error('no')) });
    opened.push(door);
    expect((await fetch(door.url)).status).toBe(500);
    expect((await fetch(door.url)).status).toBe(500);
  });
});
