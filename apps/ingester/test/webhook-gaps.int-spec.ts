import { migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { openPostgresEventLog, type EventLog } from '#libs/event-log';
import { createLogger } from '#libs/observability';
import type { Platform } from '#libs/platform';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { CutLine } from '../../../test/harness/cut-line.js';
import { makeHome, removeHomes } from '../../../test/harness/temporary-home.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { GapNotes } from '../src/webhooks/gap-notes.js';
import { WebhookGaps } from '../src/webhooks/webhook-gaps.js';

const start = Date.parse('2026-01-01T12:00:00.000Z');

describe('the gap of refused webhooks', () => {
  let test: TestDatabase;
  let line: CutLine;
  let database: Database;
  /** Of the ingester. */
  let cuttable: Database;
  /** Since something was refused. */
  const lines: string[] = [];
  let log: EventLog;
  let gaps: WebhookGaps;
  let second = 0;

  const refuseAt = (at: number): void => {
    second = at;
    lines.length = 0;
    gaps.note('facebook', ['page']);
  };
  /** Of each what is told: from, to, in seconds, and how many were refused. */
  const told = async (): Promise<number[][]> => {
    const rows = await database.query<{ from: Date; to: Date; refused: number }>(
      'select started_at as "from", ended_at as "to", refused from webhook_gaps order by started_at',
    );
    return rows.map(({ from, to, refused }) => [secondOf(from), secondOf(to), refused]);
  };
  /** Waits for it, and until the ingester knows. */
  const toldWith = (...expected: readonly number[][]): Promise<boolean> =>
    waitFor(`${JSON.stringify(expected)} to be told`, async () => {
      const found = JSON.stringify(await told());
      return found === JSON.stringify(expected) && lines.some((text) => text.includes('may be lost'));
    });
  const secondOf = (at: Date): number => (at.getTime() - start) / 1_000;

  beforeAll(async () => {
    test = await createTestDatabase();
    await migrate(test.url);
    database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 4 }));
    log = await openPostgresEventLog({ database });
    line = await CutLine.to(test.url);
    cuttable = openPgDatabase(await openDataSource({ url: line.url, poolSize: 2 }));
    const destination = { write: (text: string) => lines.push(text) };
    const logger = createLogger({ app: 'ingester', level: 'debug', destination });
    const now = (): Date => new Date(start + second * 1_000);
    const platform = { database: cuttable, log, logger, now, publicUrl: 'https://parley.example' } as Platform;
    gaps = new WebhookGaps(platform, new GapNotes(makeHome(), logger));
    await gaps.onApplicationBootstrap();
  });

  afterAll(async () => {
    await gaps.onModuleDestroy();
    await log.close();
    await cuttable.close();
    await line.cut();
    await database.close();
    await test.drop();
    removeHomes();
  });

  it('is told when it is over, and is the same one when somebody who had waited longer is refused behind it', async () => {
    refuseAt(0);
    refuseAt(1);
    second = 3;
    expect(await toldWith([0, 1, 2])).toBe(true);
    refuseAt(4);
    second = 6;
    expect(await toldWith([0, 4, 3])).toBe(true);
  });

  it('is another one later', async () => {
    refuseAt(20);
    second = 22;
    expect(await toldWith([0, 4, 3], [20, 20, 1])).toBe(true);
  });

  it('is told while it lasts', async () => {
    refuseAt(100);
    refuseAt(161);
    expect(await toldWith([0, 4, 3], [20, 20, 1], [100, 161, 2])).toBe(true);
    refuseAt(162);
    refuseAt(222);
    expect(await toldWith([0, 4, 3], [20, 20, 1], [100, 222, 4])).toBe(true);
  });

  it('is kept while nobody can be told, and told whole in the end', async () => {
    await line.cut();
    refuseAt(300);
    second = 302;
    await waitFor('a telling to fail', () => lines.some((text) => text.includes('cannot be noted yet')));
    refuseAt(330);
    second = 332;
    await line.mend();
    expect(await toldWith([0, 4, 3], [20, 20, 1], [100, 222, 4], [300, 330, 2])).toBe(true);
  });

  it('is told once more when something is refused while it is being told', async () => {
    refuseAt(400);
    await database.transaction(async (sql) => {
      await sql.query('lock table webhook_gaps');
      second = 402;
      await waitFor('it to be told', async () => {
        const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return (await database.query(waiting)).length > 0;
      });
      refuseAt(403);
    });
    second = 405;
    expect(await toldWith([0, 4, 3], [20, 20, 1], [100, 222, 4], [300, 330, 2], [400, 403, 2])).toBe(true);
  });
});
