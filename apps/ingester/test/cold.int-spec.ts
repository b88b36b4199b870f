import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { channelDefinitions } from '#libs/channels/all';
import { migrate } from '#libs/database';
import { createHttpApplication } from '#libs/http';
import { createLogger } from '#libs/observability';
import { Platform, PlatformModule } from '#libs/platform';
import { openFileQueue } from '#libs/spool';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask, expectProblem, type Answer } from '../../../test/harness/answer.js';
import { CutLine } from '../../../test/harness/cut-line.js';
import { envelope, textItem } from '../../../test/harness/facebook-items.js';
import { alarms } from '../../../test/harness/log-lines.js';
import { facebookJson, signatureOf } from '../../../test/harness/sign-webhook.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { IngesterModule } from '../src/ingester.module.js';

const appSecret = 'secret-of-the-configured-app';
const bodyOf = (mid: string): string =>
  facebookJson(envelope('108200000000009', [textItem({ pageId: '108200000000009', psid: '65001', text: mid, mid })]));

/** The database went away between the start of the process and its first webhook. */
describe('an ingester that could not yet ask who may sign', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-cold-'));
  const directory = join(folder, 'spool');
  const lines: string[] = [];
  let database: TestDatabase;
  let line: CutLine;
  let application: NestFastifyApplication;
  let url: string;

  const post = (body: string, secret: string, path = '/facebook'): Promise<Answer> =>
    ask(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, secret) },
      body,
    });
  const ready = (): Promise<Answer> => ask(`${url}/health/ready`, { method: 'GET' });
  const query = <Row extends object>(sql: string): Promise<Row[]> => application.get(Platform).database.query<Row>(sql);
  const unrouted = async (): Promise<string[]> =>
    (
      await query<{ value: string }>(
        'select value from log_records where topic = \'channel.unrouted\' order by "offset"',
      )
    ).map(({ value }) => value);

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    line = await CutLine.to(database.url);
    const earlier = await openFileQueue({ directory, maxBytes: 1_000_000, onTrouble: () => undefined });
    await earlier.put(Buffer.from('no webhook of any Parley'), new Date());
    await earlier.close();
    const connectors = channelDefinitions
      .map((definition) => definition.configure({ FACEBOOK_APP_ID: '290000000000001', FACEBOOK_APP_SECRET: appSecret }))
      .flatMap((configured) => (configured.ok ? [configured.connector] : []));
    const logger = createLogger({ app: 'ingester', level: 'info', destination: { write: (text) => lines.push(text) } });
    const platform = PlatformModule.forRoot({
      ...{ logger, databaseUrl: line.url, poolSize: 4, connectors, publicUrl: 'https://parley.example' },
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1) }],
      isOfUseWithoutLog: true,
    });
    const module = IngesterModule.forRoot(platform, connectors, { directory, maxBytes: 10_000_000 });
    application = await createHttpApplication(module, { logger });
    await line.cut();
    await application.listen(0, '127.0.0.1');
    url = await application.getUrl();
  }, 30_000);

  afterAll(async () => {
    await application.close();
    await line.cut();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('is not ready, and says why', async () => {
    const answer = await ready();
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('which apps may sign is not known yet');
  });

  it('keeps what the configured app has signed, whatever the URL', async () => {
    expect((await post(bodyOf('m_1'), appSecret)).status).toBe(200);
    const ofChannel = '/webhooks/facebook/019a0000-0000-7000-8000-000000000001';
    expect((await post(bodyOf('m_2'), appSecret, ofChannel)).status).toBe(200);
  });

  it('answers 503, not 403, to what another app may have signed', async () => {
    const answer = await post(bodyOf('m_3'), 'secret of an app that is not known yet');
    expectProblem(answer, 503, 'unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('has all of it in the log when the database is back, and is ready', async () => {
    await line.mend();
    const values = await waitFor('both', async () => {
      const found = await unrouted();
      expect(found).toHaveLength(2);
      return found;
    });
    expect(values).toEqual([expect.stringContaining('m_1'), expect.stringContaining('m_2')]);
    expect(await waitFor('it to be ready', async () => (await ready()).status === 200)).toBe(true);
    expectProblem(await post(bodyOf('m_4'), 'wrong'), 403, 'signature_invalid');
    const gaps = await waitFor('the gap', async () => {
      const found = await query<object>('select source, source_channel_id, refused from webhook_gaps');
      expect(found).not.toEqual([]);
      return found;
    });
    expect(gaps).toEqual([{ source: 'facebook', source_channel_id: null, refused: 1 }]);
  });

  it('has set aside what no log can hold, and gone on', () => {
    const aside = readdirSync(directory).filter((name) => name.startsWith('aside-refused-'));
    expect(aside.map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(['no webhook of any Parley']);
    expect(alarms(lines.join('')).map(({ msg }) => msg)).toContainEqual(expect.stringContaining('set aside'));
  });
});
