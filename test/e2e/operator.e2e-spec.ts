import { randomUUID } from 'node:crypto';
import { withDatabase } from '../harness/embedded-database.js';
import { countOf, readExposition, valueOf, type Sample } from '../harness/exposition.js';
import { newMid } from '../harness/facebook-items.js';
import { freePort, occupy } from '../harness/free-port.js';
import { alarms } from '../harness/log-lines.js';
import { at, only, present } from '../harness/only.js';
import { startBundle, startInVain, type Unready } from '../harness/start-bundle.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { makeHome } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

const CANARY = 'cAnArY words of a customer';
const DEAD = 'channel.events.dead-letter';
/** Whatever else would be one series for each person or message. */
const LABELS = [
  ...['app', 'channel_id', 'check', 'group', 'kind', 'le', 'outcome', 'quantile', 'reason', 'route', 'source', 'space'],
  ...['state', 'status', 'topic', 'type', 'version', 'major', 'minor', 'patch'],
];

describe('an operator', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let metricsUrl: string;

  const page = async (): Promise<string> => (await fetch(metricsUrl)).text();
  const scrape = async (): Promise<readonly Sample[]> => readExposition(await page());
  const deadLetters = (...args: string[]): Promise<Unready> =>
    startInVain('dead-letters', { PARLEY_HOME: product.home, ...product.settings.env }, args);
  const waitForDead = (count: number): Promise<true> =>
    waitFor(
      `${count} dead letters`,
      async () => valueOf(await scrape(), 'parley_dead_letters', { topic: DEAD }) === count,
    );

  /** A record that no Parley wrote. */
  const appendGarbage = (): Promise<unknown> =>
    withDatabase(product.home, (database) =>
      database.query('select * from log_append($1, $2, $3, $4, $5, $6)', [
        ...['channel.events', '6', 'x', randomUUID(), '{"request-id":"garbage-1"}', `{"text":"${CANARY}"}`],
      ]),
    );

  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    product = await Product.start({ env: { METRICS_PORT: String(port), LOG_RETENTION_DAYS: '1' } });
    connected = await product.connectPage();
    chat = await product.startChat(connected, CANARY);
  }, 60_000);

  afterAll(stopAll);

  it('reads metrics on their own port and not on the public door', async () => {
    expect((await fetch(metricsUrl)).headers.get('content-type')).toContain('version=0.0.4');
    expect((await product.client.raw('/metrics', { method: 'GET' })).status).toBe(404);
    expect(product.output).toContain(metricsUrl);
  });

  it('sees what came in and what went out', async () => {
    const before = await scrape();
    const stream = await product.client.stream();
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text: CANARY, mid });
    await stream.waitForMid(mid);
    const pending = await product.client.sendText(chat.conversationId, CANARY);
    await stream.waitForState(pending.id, 'delivered');
    await product.webhooks.post('{}', { signature: 'sha256=00' });

    const after = await scrape();
    const grownBy = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      countOf(after, name, labels) - countOf(before, name, labels);
    // the customer's message and the echo of ours
    expect(grownBy('parley_ingest_to_visible_seconds_count')).toBe(2);
    expect(grownBy('parley_send_to_sent_seconds_count')).toBe(1);
    expect(grownBy('parley_webhook_requests_total', { outcome: 'accepted' })).toBeGreaterThanOrEqual(2);
    expect(grownBy('parley_log_appends_total', { topic: 'channel.commands' })).toBe(1);
    const call = { source: 'facebook', outcome: 'accepted' };
    expect(valueOf(after, 'parley_source_call_seconds_count', call)).toBe(1);
    expect(valueOf(after, 'parley_webhook_requests_total', { outcome: 'signature_invalid' })).toBe(1);
    const route = { route: '/messages.send', status: '2xx' };
    expect(valueOf(after, 'parley_http_request_duration_seconds_count', route)).toBe(1);
    expect(valueOf(after, 'parley_streams_open')).toBe(1);
    expect(valueOf(after, 'parley_stream_buffer_bytes')).toBe(0);
    stream.close();
    await waitFor('the stream to be gone', async () => valueOf(await scrape(), 'parley_streams_open') === 0);
    expect((await scrape()).filter(({ labels }) => labels['route'] === '/stream')).toEqual([]);
  });

  it('sees how the installation is: lag, open sends, channels, parts that are ready', async () => {
    const samples = await waitFor('the channel to have had an event', async () => {
      const now = await scrape();
      expect(valueOf(now, 'parley_channel_last_event_age_seconds', { channel_id: chat.channelId })).toBeLessThan(60);
      return now;
    });
    const groups = samples.filter(({ name }) => name === 'parley_log_lag_seconds').map(({ labels }) => labels['group']);
    expect(groups.sort()).toEqual(['projector', 'sender']);
    expect(valueOf(samples, 'parley_database_up')).toBe(1);
    expect(valueOf(samples, 'parley_open_sends')).toBe(0);
    expect(valueOf(samples, 'parley_oldest_unsent_message_seconds')).toBe(0);
    expect(valueOf(samples, 'parley_waiting_effects')).toBe(0);
    const channel = { channel_id: chat.channelId, state: 'connected' };
    expect(valueOf(samples, 'parley_channel_health', channel)).toBe(1);
    for (const check of ['log', 'projector', 'sender', 'stream'])
      expect(valueOf(samples, 'parley_ready', { check })).toBe(1);
    expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('sees a send that does not get out', async () => {
    const person = await product.startChat(connected);
    await product.facebook.fail({ mode: '429', recipient_id: person.psid, times: 2 });
    const pending = await product.client.sendText(person.conversationId, 'put off');
    await waitFor('the open send', async () => valueOf(await scrape(), 'parley_open_sends') === 1);
    await waitFor('it to grow old', async () => valueOf(await scrape(), 'parley_oldest_unsent_message_seconds') > 0.5);
    await waitFor('it to be sent', async () => (await product.client.message(pending.id)).state !== 'pending');
    const calls = { source: 'facebook', outcome: 'not_sent' };
    expect(valueOf(await scrape(), 'parley_source_call_seconds_count', calls)).toBe(2);
  }, 30_000);

  it('finds neither a secret nor a person nor a word of one in the metrics', async () => {
    const text = await page();
    const { apiKey, appSecret, verifyToken } = product.settings;
    for (const secret of [apiKey, appSecret, verifyToken, connected.page.page_token, chat.psid, CANARY])
      expect(text).not.toContain(secret);
    expect(text).not.toContain(chat.conversationId);
    const labels = readExposition(text).flatMap((sample) => Object.keys(sample.labels));
    expect([...new Set(labels)].filter((label) => !LABELS.includes(label))).toEqual([]);
  });

  describe('with a record that cannot be passed', () => {
    const listed = async (...args: string[]): Promise<Record<string, unknown>[]> =>
      (await deadLetters('list', '--json', ...args)).output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);

    it('hears of it by a metric and one line at ERROR, and messages go on', async () => {
      await waitForDead(0);
      await appendGarbage();
      await waitForDead(1);
      expect(only(alarms(product.output))).toMatchObject({
        app: 'standalone',
        request_id: 'garbage-1',
        msg: expect.stringContaining('projector dead-lettered channel.events/6/') as string,
      });
      await product.startChat(connected);
    });

    it('lists and shows it beside the running Parley', async () => {
      const { exit, output } = await deadLetters('list');
      expect(exit.code).toBe(0);
      expect(output).toMatch(
        /^channel\.events\.dead-letter\/6\/0 {2}\d+ s old {2}projector tried once: Not an event: type /,
      );
      expect(output).not.toContain(CANARY);
      expect(only(await listed())).toMatchObject({
        id: `${DEAD}/6/0`,
        group: 'projector',
        attempts: 1,
        outcome: null,
        age_seconds: expect.any(Number) as number,
      });
      expect((await deadLetters('show', `${DEAD}/6/0`)).output).toContain(CANARY);
    });

    it('replays it once, and again only when told to', async () => {
      expect(await deadLetters('replay', `${DEAD}/6/0`)).toMatchObject({ exit: { code: 0 } });
      // nobody has cured it, so it comes back as a new one
      await waitFor('it to come back', async () => (await listed())[0]?.['id'] === `${DEAD}/6/1`);
      expect(await deadLetters('replay', `${DEAD}/6/0`)).toMatchObject({
        exit: { code: 1 },
        output: expect.stringContaining('--again') as string,
      });
      expect(await listed()).toHaveLength(1);
      expect(await deadLetters('replay', `${DEAD}/6/0`, '--again')).toMatchObject({ exit: { code: 0 } });
      await waitForDead(2);
      expect((await listed('--ended')).map(({ outcome }) => outcome)).toEqual(['replayed', null, null]);
    });

    it.each([
      [[], 'Say what to do'],
      [['replay'], 'Say which ones'],
      [['bury', `${DEAD}/6/0`], 'bury'],
      [['show', 'x'], 'no id'],
      [['show', `${DEAD}/6/99`], 'There is no dead letter'],
      [['show', 'channel.events/6/0'], 'There is no dead letter'],
    ] as const)('is told what is wrong with %j', async (args, words) => {
      const { exit, output } = await deadLetters(...args);
      expect(exit.code).toBeGreaterThan(0);
      expect(output).toContain(words);
    });

    it('does the same while Parley is stopped', async () => {
      await product.stopParley();
      expect(await deadLetters('dismiss', `${DEAD}/6/1`)).toMatchObject({ exit: { code: 0 } });
      expect(await deadLetters('replay', '--all')).toMatchObject({ exit: { code: 0 } });
      expect(await listed()).toEqual([]);
      await product.startParley();
      await waitForDead(1);
      expect((await deadLetters('dismiss', only(await listed())['id'] as string)).exit.code).toBe(0);
      await waitForDead(0);
    }, 60_000);
  });

  it('has a log that does not grow for ever; who comes with a cursor from before is told so', async () => {
    const count = 'select count(*)::integer as count from log_records where topic = $1';
    const countUpdates = (): Promise<number> =>
      withDatabase(
        product.home,
        async (database) => only(await database.query<{ count: number }>(count, ['conversation.updates'])).count,
      );
    const first = await product.client.stream({ query: { cursor: 'earliest' } });
    const old = await waitFor('the first id', () => first.lastId);
    first.close();
    for (let round = 0; round < 5; round += 1)
      await product.webhooks.deliverText({ ...chat, text: `kept ${round}`, mid: newMid() });
    await waitFor('the messages', async () => (await product.client.messages(chat.conversationId)).data.length >= 8);
    await withDatabase(product.home, (database) =>
      database.query(`update log_records set appended_at = appended_at - interval '25 hours'`),
    );
    const before = await countUpdates();
    expect(before).toBeGreaterThan(8);

    // it tidies up soon after a start, then every minute
    await product.stopParley();
    await product.startParley();
    // the last one of each of 8 partitions stays
    await waitFor('the old records to be gone', async () => (await countUpdates()) <= 8, 20_000);

    const late = await product.client.stream({ lastEventId: old });
    const frame = await waitFor('the first frame', () => late.frames[0]);
    expect(frame).toMatchObject({ event: 'cursor_expired', id: expect.any(String) as string });
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text: 'live', mid });
    await late.waitForMid(mid);
    late.close();
    expect((await product.client.messages(chat.conversationId)).data.length).toBeGreaterThanOrEqual(9);
  }, 60_000);
});

describe('METRICS_PORT', () => {
  afterAll(stopAll);

  it('that is taken is a clear refusal when somebody asked for it', async () => {
    const port = await freePort();
    const taken = await occupy(port);
    const env = { PARLEY_HOME: makeHome(), PORT: '0', SIMULATOR_PORT: '0', METRICS_PORT: String(port) };
    const { exit, output } = await startInVain('standalone', env);
    taken.release();
    expect(exit.code).toBe(1);
    expect(output).toContain(`METRICS_PORT ${port} is already in use on 127.0.0.1`);
  }, 30_000);

  it('of a second copy that nobody chose moves to a free one, and the start says where', async () => {
    const taken = await occupy(9464);
    const parley = await startBundle('standalone', { PARLEY_HOME: makeHome(), PORT: '0', SIMULATOR_PORT: '0' });
    taken.release();
    const url = at(present(/watch {2}(\S+)/.exec(parley.output()), 'the line'), 1);
    expect(url).not.toContain(':9464/');
    expect(readExposition(await (await fetch(url)).text()).length).toBeGreaterThan(20);
    await parley.stop();
  }, 30_000);
});
