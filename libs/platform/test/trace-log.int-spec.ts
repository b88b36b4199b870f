import { migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { PoisonError, type BatchHandler, type EventLog, type NewRecord } from '#libs/event-log';
import { createLogger, openTracing, type Tracing } from '#libs/observability';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Collector, pathsOf } from '../../../test/harness/collector.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { openLog } from '../src/open-log.js';
import { traceLog } from '../src/trace-log.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const topic = 'channel.events';
const append = 'test producer append channel.events';

describe('a traced log', () => {
  const lines: string[] = [];
  const logger = createLogger({ app: 'test', destination: { write: (line) => void lines.push(line) } });
  let collector: Collector;
  let test: TestDatabase;
  let database: Database;
  let tracing: Tracing;
  let log: EventLog;

  const record = (headers: Readonly<Record<string, string>> = { traceparent }): NewRecord => ({
    ...{ topic, key: 'k', workspaceId: '00000000-0000-0000-0000-000000000000', value: '{}' },
    headers: { 'schema-version': '1.0', ...headers },
  });
  const toldPaths = async (): Promise<string[]> => {
    await log.close();
    await tracing.close();
    return pathsOf(collector.spans);
  };

  beforeEach(async () => {
    [collector, test] = await Promise.all([Collector.start(), createTestDatabase()]);
    await migrate(test.url);
    database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 4 }));
    const config = {
      ...{ url: `${collector.url}/v1/traces`, protocol: 'http/json' as const, headers: {} },
      ...{ attributes: { 'service.name': 'parley-test' }, sampling: { ratio: 1, followsCaller: true } },
    };
    tracing = await openTracing(config, logger);
    log = traceLog(await openLog(database, { logger, tracing }), tracing);
  });

  afterEach(async () => {
    await log.close();
    await database.close();
    await test.drop();
    await collector.stop();
  });

  it('tells what was committed, and nothing of what was rolled back', async () => {
    await database.transaction((transaction) => {
      log.appendIn(transaction, [record()]);
      return Promise.resolve();
    });
    const undone = database.transaction((transaction) => {
      log.appendIn(transaction, [record()]);
      return Promise.reject(new Error('undone'));
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await toldPaths()).toEqual([append]);
  });

  it('begins no trace where a record bears none', async () => {
    await log.append([record({}), record({ traceparent: 'nonsense' })]);
    expect(await toldPaths()).toEqual([]);
  });

  it('tells once of what was read, however often it was tried, and of a dead letter that it is one', async () => {
    const { seen, handler } = reluctantReader();
    await log.append([record()]);
    await log.subscribe('readers', topic, handler);
    await waitFor('the record', () => seen.length === 1);
    await log.append([{ ...record(), value: 'poison' }]);
    await waitFor('the dead letter', () => lines.some((line) => line.includes('dead-lettered')));

    const read = `${append} > test consumer process channel.events`;
    expect((await toldPaths()).sort()).toEqual([append, append, read, read]);
    const [good, bad] = collector.spans.filter(({ kind }) => kind === 'consumer');
    expect(seen[0]).toBe(`00-${traceId}-${String(good?.spanId)}-01`);
    expect([good?.isError, bad?.isError, bad?.attributes['error.type']]).toEqual([false, true, 'dead_letter']);
    const alarm = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ level }) => level === 'error');
    expect(alarm).toMatchObject({ trace_id: traceId });
  });

  it('tells of an append that failed', async () => {
    await log.close();
    await expect(log.append([record()])).rejects.toThrow('closed');
    await tracing.close();
    expect(collector.spans).toMatchObject([{ name: 'append channel.events', isError: true }]);
  });
});

/** Meets an outage twice, then reads; what is `poison` it cannot. */
function reluctantReader(): { readonly seen: (string | undefined)[]; readonly handler: BatchHandler } {
  const seen: (string | undefined)[] = [];
  let tries = 0;
  return {
    seen,
    handler: (_, records) => {
      tries += 1;
      if (tries < 3) return Promise.reject(new Error('an outage'));
      seen.push(...records.map(({ headers }) => headers['traceparent']));
      return records.some(({ value }) => value === 'poison')
        ? Promise.reject(new PoisonError('no'))
        : Promise.resolve();
    },
  };
}
