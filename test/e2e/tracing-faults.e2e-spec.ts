import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../harness/answer.js';
import { Collector } from '../harness/collector.js';
import { withDatabase } from '../harness/embedded-database.js';
import { envelope, newMid, textItem } from '../harness/facebook-items.js';
import { alarms, logLines, type LogLine } from '../harness/log-lines.js';
import { facebookJson, signatureOf } from '../harness/sign-webhook.js';
import { Product, stopAll, type Chat } from '../harness/start-product.js';
import { newTraceparent } from '../harness/traced-roles.js';
import { waitFor } from '../harness/wait-for.js';

/** Longer than a stop may take, its two seconds for the last spans included, and shorter than one try to tell them. */
const stopMs = 9_000;

describe('a process', () => {
  const scripts = mkdtempSync(join(tmpdir(), 'parley-scripts-'));
  let collector: Collector;
  let product: Product;
  let chat: Chat;

  /** Node writes which scripts it has read at its end: https://nodejs.org/api/cli.html#node_v8_coveragedir */
  const start = async (env: NodeJS.ProcessEnv): Promise<void> => {
    product = await Product.start({ env: { NODE_V8_COVERAGE: scripts, ...env } });
    chat = await product.startChat(await product.connectPage());
  };
  const scriptsRead = (): string[] =>
    readdirSync(scripts).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(scripts, file), 'utf8')) as { result: { url: string }[] };
      return result.map(({ url }) => url.replace(/.*\/dist\//, ''));
    });
  const deliver = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const mid = newMid();
    const body = facebookJson(envelope(chat.pageId, [textItem({ ...chat, text: 'hello', mid })]));
    const signature = signatureOf(body, product.settings.appSecret);
    const signed = { 'content-type': 'application/json', 'x-hub-signature-256': signature, ...headers };
    expect((await ask(`${product.webhookUrl}/facebook`, { method: 'POST', headers: signed, body })).status).toBe(200);
    const { id } = await waitFor('the message', () => product.client.messageByMid(chat.channelId, mid));
    return id;
  };
  /** A conversation is also announced when its contact's name has come, whenever that is. */
  const traceparents = (messageId: string): Promise<{ topic: string; traceparent: string | null }[]> =>
    withDatabase(product.home, (database) =>
      database.query(
        `select distinct topic, headers::jsonb->>'traceparent' as traceparent from log_records
         where value like '%' || $1 || '%' and headers::jsonb->>'event-type' is distinct from 'conversation.updated' order by 1, 2`,
        [messageId],
      ),
    );
  const said = (word: RegExp): readonly LogLine[] => logLines(product.output).filter(({ msg }) => word.test(msg));

  beforeEach(async () => {
    collector = await Collector.start();
  });

  afterEach(async () => {
    await collector.stop();
    await stopAll();
  });

  afterAll(() => {
    rmSync(scripts, { recursive: true });
  });

  it('without a collector passes on what it is given, invents nothing, and reads nothing of OpenTelemetry', async () => {
    await start({});
    await product.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
    const { traceparent } = newTraceparent();
    const given = await deliver({ traceparent });
    const topicsOfOne = ['channel.events', 'conversation.updates'];
    expect(await traceparents(given)).toEqual(topicsOfOne.map((topic) => ({ topic, traceparent })));
    for (const headers of [{}, { traceparent: 'nonsense' }]) {
      const none = await traceparents(await deliver(headers));
      expect(none).toEqual(topicsOfOne.map((topic) => ({ topic, traceparent: null })));
    }
    const { id } = await product.client.sendText(chat.conversationId, 'hello', { traceparent });
    await waitFor('the send', async () => (await product.client.message(id)).state === 'sent');
    const topicsOfSend = ['channel.commands', 'channel.events', 'conversation.updates'];
    expect(await traceparents(id)).toEqual(topicsOfSend.map((topic) => ({ topic, traceparent })));

    expect((await product.stopParley()).code).toBe(0);
    expect(scriptsRead()).toContain('bundles/standalone.mjs');
    expect(scriptsRead().filter((url) => /tracing|exporter-trace|sdk-trace/.test(url))).toEqual([]);
    expect(collector.bodies).toEqual([]);
  }, 60_000);

  it('goes on, and ends in time, beside a collector that hangs', async () => {
    collector.mode = 'hangs';
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await waitFor('spans to be told', () => collector.bodies.length > 0);
    await deliver({});
    const { id } = await product.client.sendText(chat.conversationId, 'hello');
    await waitFor('the send', async () => (await product.client.message(id)).state !== 'pending');
    const before = performance.now();
    expect((await product.stopParley()).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(stopMs);
    expect(scriptsRead()).toContain('bundles/parts/tracing.mjs');
    expect(alarms(product.output)).toEqual([]);
  }, 60_000);

  it('says once that its collector does not take spans, and once that it does again', async () => {
    collector.mode = 'refuses';
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    for (let batch = 1; batch <= 3; batch += 1) {
      const before = collector.bodies.length;
      await deliver({});
      await waitFor('another batch', () => collector.bodies.length > before);
    }
    collector.mode = 'takes';
    await deliver({});
    await waitFor('spans', () => collector.spans.length > 0);
    await waitFor('the second line', () => said(/collector takes/).length > 0);
    expect(said(/collector/).map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      'warn the collector does not take spans: they are lost until it does',
      'info the collector takes spans again',
    ]);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['parley-standalone']));
  }, 60_000);

  it('tells its last spans before it ends', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    const { traceId, traceparent } = newTraceparent();
    await deliver({ traceparent });
    await product.stopParley();
    expect(collector.trace(traceId).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['append channel.events', 'process channel.events', 'append conversation.updates']),
    );
  }, 60_000);
});
