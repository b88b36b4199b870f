import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ask, bodyOf } from '../harness/answer.js';
import { Canaries, timesIn } from '../harness/canaries.js';
import { databasePassword, dumpTables, withDatabase } from '../harness/embedded-database.js';
import { countOf, readExposition } from '../harness/exposition.js';
import { envelope, newMid, textItem } from '../harness/facebook-items.js';
import { freePort } from '../harness/free-port.js';
import { ParleyClient } from '../harness/parley.client.js';
import { facebookJson } from '../harness/sign-webhook.js';
import type { SimulatedPage } from '../harness/simulator.client.js';
import { SocketReader } from '../harness/socket-reader.js';
import { startInVain } from '../harness/start-bundle.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

const random = (): string => randomBytes(24).toString('hex');
const BAD_TOKEN = `EAAcanarybadtoken${random()}`;
const APP_SECRET = `e2e-app-secret-${random()}`;
/** Of the installation's own app; the pages are of another one, which is registered by its first connect. */
const OWN_APP_ID = '290000000000078';
const OWN_APP_SECRET = `e2e-own-app-secret-${random()}`;
const FORMER_APP_SECRET = `e2e-former-app-secret-${random()}`;
const WRONG_APP_SECRET = `e2e-wrong-app-secret-${random()}`;
const APP_VERIFY_TOKEN = `e2e-app-verify-token-${random()}`;
const ENCRYPTION_KEYS = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')] as const;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a secret', () => {
  const answers: string[] = [];
  const heard = (text: string): unknown => answers.push(text);
  const canaries = new Canaries();
  /** In the one answer that makes them, and never again. */
  const shownOnce = new Map<string, string>();
  let product: Product;
  let connected: ConnectedPage;
  let other: SimulatedPage;
  let chat: Chat;
  let stream: StreamReader;
  let metricsUrl: string;
  let metrics = '';
  let deadLetters = '';

  /** A long-lived token, as the product gets it from Facebook in exchange for the one it was given. */
  const exchange = async (token: string): Promise<string> => {
    const { appId } = product.settings;
    const query = { grant_type: 'fb_exchange_token', client_id: appId, client_secret: APP_SECRET };
    const url = `${product.facebook.url}/oauth/access_token?${new URLSearchParams({ ...query, fb_exchange_token: token }).toString()}`;
    const answer = await ask(url, { method: 'GET' });
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  };
  /** The page's tokens, the one that it is exchanged for, and what Graph calls carry beside it. */
  const addTokensOf = async (
    name: string,
    { page_token: token, user_token: userToken }: SimulatedPage,
  ): Promise<void> => {
    const exchanged = await exchange(token);
    canaries.add(`${name}, page token`, token);
    canaries.add(`${name}, user token`, userToken);
    canaries.add(`${name}, long-lived token`, exchanged);
    canaries.add(`${name}, proof`, createHmac('sha256', APP_SECRET).update(exchanged).digest('hex'));
  };

  /** As an integrator registers an app of its own. */
  const register = async (page: SimulatedPage): Promise<ConnectedPage> => {
    const app = { app_id: product.settings.appId, app_secret: APP_SECRET, verify_token: APP_VERIFY_TOKEN };
    const body = { page_id: page.page_id, page_token: page.page_token, ...app };
    return { page, channel: await product.client.connect(body) };
  };
  /** What a person sees and does in a day, errors included. */
  const connectInEveryWay = async (): Promise<void> => {
    const { client } = product;
    const { page } = connected;
    const { appId: app_id } = product.settings;
    const connect = { page_id: page.page_id, page_token: page.page_token, app_id };
    const call = (body: unknown): Promise<unknown> => client.call('channels.facebook.connect', body);
    await client.call('channels.facebook.connect', connect, { 'idempotency-key': 'canary' });
    await client.call('channels.facebook.connect', connect, { 'idempotency-key': 'canary' });
    await call({ ...connect, page_token: BAD_TOKEN });
    await call({ ...connect, page_token: page.user_token });
    await call({ page_id: page.page_id, page_token: page.page_token, app_id: OWN_APP_ID });
    await call({ page_id: 5, page_token: page.page_token });
    await call(`{"page_token":"${page.page_token}"`);
    await call({ ...connect, app_id: '777', app_secret: WRONG_APP_SECRET, verify_token: APP_VERIFY_TOKEN });
    await register(other);
    await product.facebook.control('faults', {
      path: 'subscribed_apps',
      mode: 'refuse',
      code: 100,
      message: `Malformed access token ${page.page_token} or ${await exchange(page.page_token)}`,
    });
    await call(connect);
    await call(connect);
    for (const token of [page.user_token, BAD_TOKEN, page.page_token])
      await client.call('channels.facebook.explore', { auth_token: token });
    await client.call('channels.info', { channel_id: connected.channel.id });
    await client.call('channels.list', {});
  };
  const knockEverywhere = async (): Promise<void> => {
    const { client, webhooks, settings } = product;
    const { page_token: token } = connected.page;
    await client.call('messages.send', { conversation_id: chat.conversationId, token });
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': settings.verifyToken,
      'hub.challenge': '1',
      access_token: token,
      app_secret: APP_SECRET,
    });
    for (const path of ['/facebook', `/webhooks/facebook/${chat.channelId}`, '/nowhere', '/health/ready'])
      await client.raw(`${path}?${query.toString()}`, { method: 'GET' });
    await client.raw(`/stream?api_key=${settings.apiKey}`, { method: 'GET' });
    await client.raw(`/stream?ticket=${settings.apiKey}`, { method: 'GET' });
    await client.raw(`/messages.list?key=${settings.apiKey}`, { method: 'POST', body: '{}' });
    await client.socket({ query: { api_key: settings.apiKey } }).catch(String);
    await new ParleyClient(client.url, `${settings.apiKey}x`, heard).call('channels.list', {});
    await webhooks.post(facebookJson(envelope(chat.pageId, [textItem({ ...chat, text: 'x' })])), { signature: null });
    await webhooks.post('not json');
    await webhooks.post(facebookJson(envelope('999', [textItem({ ...chat, text: 'of an unknown page' })])));
    for (const path of ['/openapi.json', '/docs']) await client.raw(path, { method: 'GET' });
  };
  const useKeysAndTickets = async (): Promise<void> => {
    const { client } = product;
    const scopes = ['admin', 'stream.read'];
    const made = await client.call('api-keys.create', { name: 'canary', scopes });
    const { id, key } = bodyOf(z.object({ id: z.string(), key: z.string() }), made);
    shownOnce.set('a created API key', key);
    const theirs = new ParleyClient(client.url, key, heard);
    await theirs.call('api-keys.list', {});
    const { ticket } = bodyOf(z.object({ ticket: z.string() }), await theirs.call('stream.ticket', {}));
    shownOnce.set('a ticket', ticket);
    const request = { url: client.url, key: null, query: { ticket }, heard };
    const readers = [await StreamReader.open(request), await SocketReader.open(request)];
    await client.call('api-keys.revoke', { api_key_id: id });
    await waitFor('both streams to be cut with their key', () => readers.every(({ isOpen }) => !isOpen));
    await theirs.call('channels.list', {});
    await client.raw(`/stream?ticket=${ticket}`, { method: 'GET' });
    await client.call('api-keys.list', {});
  };
  const sendAll = async (): Promise<void> => {
    const { facebook, client } = product;
    const token = await exchange(connected.page.page_token);
    const message = `Malformed access token ${token} with ${APP_SECRET}`;
    await facebook.control('faults', { mode: 'refuse', code: 100, message, recipient_id: chat.psid });
    const refused = await client.sendText(chat.conversationId, 'refused');
    await stream.waitForState(refused.id, 'failed');
    for (const mode of ['accept_then_500', 'garbage', '429']) {
      await facebook.fail({ mode, recipient_id: chat.psid });
      const odd = await client.sendText(chat.conversationId, mode);
      await stream.waitForState(odd.id, 'sent');
    }
    const fine = await client.sendText(chat.conversationId, 'fine');
    await stream.waitForState(fine.id, 'sent');
  };
  const renewTokens = async (): Promise<void> => {
    const { page_id: pageId } = connected.page;
    const renewed = await product.facebook.renewTokens(pageId);
    await addTokensOf('the page after its renewal', renewed);
    const waiting = await product.client.sendText(chat.conversationId, 'waiting');
    await waitFor('the dead token to be said', async () => {
      return (await product.client.channel(chat.channelId)).health.state === 'reauth_required';
    });
    await register(renewed);
    await stream.waitForState(waiting.id, 'sent');
  };
  const readDeadLetters = async (): Promise<void> => {
    await withDatabase(product.home, (database) =>
      database.query('select * from log_append($1, $2, $3, $4, $5, $6)', [
        ...['channel.events', '6', 'x', randomUUID(), '{}', '{"no":"event"}'],
      ]),
    );
    const env = { PARLEY_HOME: product.home, ...product.settings.env };
    await waitFor('the dead letter', async () => {
      deadLetters = (await startInVain('dead-letters', env, ['list', '--json'])).output;
      return deadLetters.includes('dead-letter/6/0');
    });
    const shown = ['show', 'channel.events.dead-letter/6/0'];
    deadLetters += (await startInVain('dead-letters', env, shown)).output;
  };

  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    product = await Product.start({
      appSecret: APP_SECRET,
      env: {
        LOG_LEVEL: 'trace',
        METRICS_PORT: String(port),
        FACEBOOK_APP_ID: OWN_APP_ID,
        FACEBOOK_APP_SECRET: `${OWN_APP_SECRET},${FORMER_APP_SECRET}`,
        PARLEY_ENCRYPTION_KEY: `2:${ENCRYPTION_KEYS[0]},1:${ENCRYPTION_KEYS[1]}`,
      },
      heard,
    });
    connected = await register(await product.facebook.createPage({ name: 'Blue Shop' }));
    other = await product.facebook.createPage({ name: 'Other Shop' });
    chat = await product.startChat(connected);
    stream = await product.client.stream({ query: { cursor: 'earliest' } });
    canaries.add('the API key', product.settings.apiKey);
    canaries.add('the app secret', OWN_APP_SECRET);
    canaries.add('the secret of a registered app', APP_SECRET);
    canaries.add('the former app secret', FORMER_APP_SECRET);
    canaries.add('a wrong app secret', WRONG_APP_SECRET);
    canaries.add('the verify token', product.settings.verifyToken);
    canaries.add('the verify token of a registered app', APP_VERIFY_TOKEN);
    canaries.add('the encryption key', ENCRYPTION_KEYS[0]);
    canaries.add('the former encryption key', ENCRYPTION_KEYS[1]);
    canaries.add('a token that Facebook refused', BAD_TOKEN);
    canaries.add('the password of PostgreSQL', databasePassword(product.home));
    await addTokensOf('the page', connected.page);
    await addTokensOf('the other page', other);
    await connectInEveryWay();
    await knockEverywhere();
    await useKeysAndTickets();
    await sendAll();
    await renewTokens();
    await readDeadLetters();
    await product.client.disconnect(chat.channelId);
    await product.client.disconnect(chat.channelId);
    await product.client.call('messages.send', { conversation_id: chat.conversationId, message: { text: 'gone' } });
    await product.webhooks.deliverText({ ...chat, text: 'the end', mid: newMid() });
    metrics = (await ask(metricsUrl, { method: 'GET' })).text;
  }, 120_000);

  afterAll(stopAll);

  it('is known to this test in every form, and can be found by it', () => {
    expect(canaries.names).toHaveLength(23);
    expect(canaries.shortest).toBeGreaterThanOrEqual(32);
    expect([...shownOnce.values()].every(({ length }) => length >= 32)).toBe(true);
    expect(canaries.foundIn(`x${OWN_APP_SECRET}y`)).toEqual(['the app secret']);
    expect(canaries.foundIn(`\\x00${Buffer.from(OWN_APP_SECRET).toString('hex')}`)).toEqual(['the app secret']);
    expect(canaries.foundIn(Buffer.from(`${BAD_TOKEN} and more`).toString('base64'))).toEqual([
      'a token that Facebook refused',
    ]);
  });

  it('is in no answer and on no stream, but the key and the ticket once in the answer that made them', () => {
    expect(answers.length).toBeGreaterThan(50);
    const all = answers.join('\n');
    // Facebook's words are told, without the tokens in them
    expect(timesIn(all, 'Malformed access token')).toBeGreaterThanOrEqual(2);
    expect(canaries.foundIn(all)).toEqual([]);
    for (const [name, value] of shownOnce) expect({ name, times: timesIn(all, value) }).toEqual({ name, times: 1 });
  });

  it('is in no metric and in nothing that an operator is shown of a dead letter', () => {
    expect(countOf(readExposition(metrics), 'parley_webhook_requests_total', { outcome: 'accepted' })).toBeGreaterThan(
      5,
    );
    expect(deadLetters).toContain('channel.events.dead-letter/6/0');
    for (const text of [metrics, deadLetters]) {
      expect(canaries.foundIn(text)).toEqual([]);
      expect([...shownOnce].filter(([, value]) => text.includes(value))).toEqual([]);
    }
  });

  it('is in no row of any table, no record of the log among them, but as ciphertext or hash', async () => {
    const rows = await waitFor('the last message to be stored', async () => {
      const all = await dumpTables(product.home);
      expect(all.filter((row) => row.includes('the end')).map(tableOf)).toContain('public.log_records');
      return all;
    });
    const all = rows.join('\n');
    expect(canaries.foundIn(all)).toEqual([]);
    expect([...shownOnce].filter(([, value]) => all.includes(value))).toEqual([]);
    for (const key of [product.settings.apiKey, shownOnce.get('a created API key')])
      expect(all).toContain(sha256(String(key)));
    const sealed = await withDatabase(product.home, (database) =>
      database.query<{ page: string }>('select source_channel_id as page from channels where token_sealed is not null'),
    );
    expect(sealed).toEqual([{ page: other.page_id }]);
    const apps = await withDatabase(product.home, (database) =>
      database.query<object>('select source_app_id as id from source_apps where verify_token_sealed is not null'),
    );
    expect(apps).toEqual([{ id: product.settings.appId }]);
  }, 30_000);

  it('is in no line that was printed, however much is logged', async () => {
    await product.stopParley();
    expect(timesIn(product.output, '"level":"debug"')).toBeGreaterThan(25);
    expect(canaries.foundIn(product.output)).toEqual([]);
    expect([...shownOnce].filter(([, value]) => product.output.includes(value))).toEqual([]);
  });
});

function tableOf(row: string): string {
  return row.slice(0, row.indexOf(':'));
}
