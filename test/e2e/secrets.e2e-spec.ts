import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../harness/answer.js';
import { rowsWith } from '../harness/embedded-database.js';
import { envelope, newMid, textItem } from '../harness/facebook-items.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';

const BAD_TOKEN = `EAAcanarybadtoken${randomBytes(12).toString('hex')}`;

describe('a secret', () => {
  const answers: string[] = [];
  const encryptionKey = randomBytes(32).toString('base64url');
  const secrets = new Map<string, string>();
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  /** A long-lived token, as the product gets it from Facebook in exchange for the one it was given. */
  const exchange = async (token: string): Promise<string> => {
    const url = new URL('/oauth/access_token', product.facebook.url);
    const { appId, appSecret } = product.settings;
    const query = {
      grant_type: 'fb_exchange_token',
      client_id: appId,
      client_secret: appSecret,
      fb_exchange_token: token,
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await ask(url.href, { method: 'GET' });
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  };
  const found = (text: string): string[] =>
    [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);
  /** What a person sees and does in a day, errors included. */
  const useEverything = async (): Promise<void> => {
    const { client, webhooks } = product;
    const connect = { page_id: connected.page.page_id, page_token: connected.page.page_token };
    await client.call('channels.facebook.connect', connect, { 'idempotency-key': 'canary' });
    await client.call('channels.facebook.connect', connect, { 'idempotency-key': 'canary' });
    await client.call('channels.facebook.connect', { ...connect, page_token: BAD_TOKEN });
    await client.call('channels.facebook.connect', { ...connect, page_token: connected.page.user_token });
    await client.call('channels.facebook.connect', { page_id: 5, page_token: connected.page.page_token });
    await client.call('channels.facebook.connect', `{"page_token":"${connected.page.page_token}"`);
    await client.call('channels.facebook.explore', { auth_token: connected.page.user_token });
    await client.call('channels.facebook.explore', { auth_token: BAD_TOKEN });
    await client.call('channels.facebook.explore', { auth_token: connected.page.page_token });
    await client.call('channels.info', { channel_id: connected.channel.id });
    await client.call('messages.send', { conversation_id: chat.conversationId, token: connected.page.page_token });
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': product.settings.verifyToken,
      'hub.challenge': '1',
      access_token: connected.page.page_token,
    });
    for (const path of ['/facebook', `/webhooks/facebook/${chat.channelId}`, '/nowhere']) {
      await client.raw(`${path}?${query.toString()}`, { method: 'GET' });
    }
    await client.raw(`/stream?api_key=${product.settings.apiKey}`, { method: 'GET' });
    await client.raw(`/messages.list?key=${product.settings.apiKey}`, { method: 'POST', body: '{}' });
    await webhooks.post(facebookJson(envelope(chat.pageId, [textItem({ ...chat, text: 'x' })])), { signature: null });
    await webhooks.post('not json');
  };
  const sendAll = async (): Promise<void> => {
    await product.facebook.fail({ mode: 'refuse', code: 551, recipient_id: chat.psid });
    const refused = await product.client.sendText(chat.conversationId, 'refused');
    await stream.waitForState(refused.id, 'failed');
    await product.facebook.fail({ mode: 'accept_then_500', recipient_id: chat.psid });
    const odd = await product.client.sendText(chat.conversationId, 'odd');
    await stream.waitForState(odd.id, 'sent');
    const fine = await product.client.sendText(chat.conversationId, 'fine');
    await stream.waitForState(fine.id, 'sent');
  };

  beforeAll(async () => {
    product = await Product.start({
      env: { PARLEY_ENCRYPTION_KEY: encryptionKey },
      heard: (text) => answers.push(text),
    });
    connected = await product.connectPage();
    chat = await product.startChat(connected);
    stream = await product.client.stream({ query: { cursor: 'earliest' } });
    const { page } = connected;
    secrets.set('the API key', product.settings.apiKey);
    secrets.set('the app secret', product.settings.appSecret);
    secrets.set('the verify token', product.settings.verifyToken);
    secrets.set('the encryption key', encryptionKey);
    secrets.set('the page token', page.page_token);
    secrets.set('the long-lived page token', await exchange(page.page_token));
    secrets.set('the user token', page.user_token);
    secrets.set('a token that Facebook refused', BAD_TOKEN);
    secrets.set('the password of PostgreSQL', readFileSync(join(product.home, 'postgres-password'), 'utf8').trim());
    await useEverything();
    await sendAll();
    const renewed = await product.facebook.renewTokens(page.page_id);
    secrets.set('the renewed page token', renewed.page_token);
    secrets.set('the long-lived renewed page token', await exchange(renewed.page_token));
    const waiting = await product.client.sendText(chat.conversationId, 'waiting');
    await product.client.connect({ page_id: page.page_id, page_token: renewed.page_token });
    await stream.waitForState(waiting.id, 'sent');
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text: 'the end', mid });
    await stream.waitForMid(mid);
  }, 90_000);

  afterAll(stopAll);

  it('is known to this test in every form, and can be found by it', () => {
    expect(secrets.size).toBe(11);
    expect([...secrets.values()].every((value) => value.length >= 32)).toBe(true);
    expect(found(`x${product.settings.appSecret}y`)).toEqual(['the app secret']);
  });

  it('is in no answer and on no stream', () => {
    expect(answers.length).toBeGreaterThan(25);
    expect(found(answers.join('\n'))).toEqual([]);
  });

  it('is in no row of the database, no record of the log among them', async () => {
    // Proves that the search finds what is there.
    expect((await rowsWith(product.home, 'the end')).some((row) => row.startsWith('log_records:'))).toBe(true);
    for (const [name, value] of secrets) {
      expect({ name, rows: await rowsWith(product.home, value) }).toEqual({ name, rows: [] });
    }
  }, 30_000);

  it('is in no line that was printed', async () => {
    await product.stopParley();
    expect(product.output).toMatch(/\S/);
    expect(found(product.output)).toEqual([]);
  });
});
