import { ask, expectProblem, type Answer } from '../harness/answer.js';
import { envelope, newMid, textItem } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { facebookJson } from '../harness/sign-webhook.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';

const UNKNOWN_ID = '0190a6c0-0000-7000-8000-000000000000';
const MEBIBYTE = 1_048_576;
const CALLS = [
  'channels.facebook.connect',
  'channels.facebook.disconnect',
  'channels.facebook.explore',
  'channels.info',
  'channels.list',
  'channels.update',
  'conversations.list',
  'conversations.info',
  'messages.list',
  'messages.info',
  'messages.send',
];

describe('every call', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;

  const json = { 'content-type': 'application/json' };
  const call = (name: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    product.client.call(name, body, headers);
  const authorization = (): Record<string, string> => ({ authorization: `Bearer ${product.settings.apiKey}` });
  const fieldsOf = (answer: Answer): string[] =>
    (expectProblem(answer, 400, 'invalid_request').errors ?? []).map(({ field }) => field);

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    chat = await product.startChat(connected);
  }, 60_000);

  afterAll(stopAll);

  describe('needs a key', () => {
    it.each(CALLS)('%s without one is 401', async (name) => {
      expectProblem(
        await product.client.raw(`/${name}`, { method: 'POST', headers: json, body: '{}' }),
        401,
        'unauthorized',
      );
    });

    it.each([
      ['unknown', 'Bearer no-key-of-ours-000000000000000000000000'],
      ['empty', 'Bearer '],
      ['of another scheme', 'Basic cGFybGV5OnBhcmxleQ=='],
    ])('a key that is %s is 401', async (_, header) => {
      const answer = await call('channels.list', {}, { authorization: header });
      expectProblem(answer, 401, 'unauthorized');
    });
  });

  describe('is a POST with JSON', () => {
    it.each(CALLS)('GET on %s is 405', async (name) => {
      const answer = await product.client.raw(`/${name}`, { method: 'GET', headers: authorization() });
      expectProblem(answer, 405, 'method_not_allowed');
    });

    it('a path that is no call is 404', async () => {
      expectProblem(await call('messages.teleport', {}), 404, 'not_found');
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
      'a body of type %s is 415',
      async (type) => {
        expectProblem(await call('channels.list', '{}', { 'content-type': type }), 415, 'media_type_unsupported');
      },
    );

    it('the type may say its charset', async () => {
      expect((await call('channels.list', '{}', { 'content-type': 'application/json; charset=utf-8' })).status).toBe(
        200,
      );
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json'])(
      'an empty body of type %s is {}',
      async (type) => {
        expect((await call('channels.list', '', { 'content-type': type })).status).toBe(200);
      },
    );

    it('no body and no type is {}', async () => {
      const answer = await product.client.raw('/conversations.list', { method: 'POST', headers: authorization() });
      expect(answer.status).toBe(200);
    });

    it.each(['{', '{"a":', 'hello', '[]', '"text"', '5', 'true'])('the body %s is 400', async (body) => {
      expectProblem(await call('channels.list', body), 400, 'invalid_request');
    });

    it('unknown fields are ignored, and null is absent', async () => {
      expect((await call('channels.list', { something: { else: 1 }, source: null })).status).toBe(200);
      expect((await call('conversations.list', { cursor: null, page_size: null, filters: null, x: [] })).status).toBe(
        200,
      );
      const info = await call('conversations.info', { conversation_id: chat.conversationId, include: null, x: 1 });
      expect(info.status).toBe(200);
    });
  });

  describe('says what is wrong', () => {
    it.each([
      ['channels.facebook.connect', {}, ['page_id', 'page_token']],
      ['channels.facebook.connect', { page_id: '1' }, ['page_token']],
      ['channels.facebook.connect', { page_id: 1, page_token: 't' }, ['page_id']],
      ['channels.facebook.connect', { page_id: '1', page_token: null }, ['page_token']],
      ['channels.facebook.connect', { page_id: '1', page_token: ['t'] }, ['page_token']],
      ['channels.facebook.explore', {}, ['auth_token']],
      ['channels.facebook.disconnect', {}, ['channel_id']],
      ['channels.info', { channel_id: 5 }, ['channel_id']],
      ['channels.update', { name: 5, image_url: 'x' }, ['channel_id', 'image_url', 'name']],
      ['channels.list', { source: 5 }, ['source']],
      ['channels.list', { include_disconnected: 'yes' }, ['include_disconnected']],
      ['conversations.list', { cursor: 5 }, ['cursor']],
      ['conversations.info', {}, ['conversation_id']],
      ['conversations.info', { conversation_id: 5 }, ['conversation_id']],
      ['conversations.info', { conversation_id: { a: 1 } }, ['conversation_id']],
      ['messages.list', {}, ['conversation_id']],
      ['messages.list', { conversation_id: [] }, ['conversation_id']],
      ['messages.info', { message_id: 5 }, ['message_id']],
    ])('%s %j names the fields %j', async (name, body, fields) => {
      expect(fieldsOf(await call(name, body)).toSorted()).toEqual(fields);
    });

    it.each([0, -1, 1.5, '5', '', true, [], {}])('page_size %j is 400', async (size) => {
      expect(fieldsOf(await call('conversations.list', { page_size: size }))).toEqual(['page_size']);
      const messages = { conversation_id: chat.conversationId, page_size: size };
      expect(fieldsOf(await call('messages.list', messages))).toEqual(['page_size']);
    });

    it.each([{}, { source_message_id: 'm_1' }, { channel_id: UNKNOWN_ID }])('messages.info %j is 400', async (body) => {
      expectProblem(await call('messages.info', body), 400, 'invalid_request');
    });

    it('filters are 400 as long as there are none', async () => {
      expectProblem(await call('conversations.list', { filters: 'display_name:Ana' }), 400, 'filter_unsupported');
    });

    it.each([
      ['conversations.info', { conversation_id: UNKNOWN_ID }],
      ['messages.list', { conversation_id: UNKNOWN_ID }],
      ['messages.info', { message_id: UNKNOWN_ID }],
      ['messages.info', { channel_id: UNKNOWN_ID, source_message_id: 'm_1' }],
      ['messages.send', { conversation_id: UNKNOWN_ID, content: { type: 'text', text: 'x' } }],
      ['messages.send', { channel_id: UNKNOWN_ID, source_recipient_id: '1', content: { type: 'text', text: 'x' } }],
    ])('%s %j is 404', async (name, body) => {
      expectProblem(await call(name, body), 404, 'not_found');
    });

    it('ids are opaque: one that is no UUID is not found', async () => {
      expectProblem(await call('conversations.info', { conversation_id: 'abc' }), 404, 'not_found');
      expectProblem(await call('messages.info', { message_id: `${UNKNOWN_ID}'--` }), 404, 'not_found');
    });
  });

  describe('has a request id', () => {
    it('the caller’s own, in an answer and in a problem', async () => {
      const mine = { 'x-request-id': `abc_DEF-123${'x'.repeat(53)}` };
      expect((await call('channels.list', {}, mine)).headers.get('x-request-id')).toBe(mine['x-request-id']);
      expect(expectProblem(await call('conversations.info', {}, mine), 400, 'invalid_request').request_id).toBe(
        mine['x-request-id'],
      );
      const unauthorized = await product.client.raw('/channels.list', { method: 'POST', headers: mine });
      expect(expectProblem(unauthorized, 401, 'unauthorized').request_id).toBe(mine['x-request-id']);
    });

    it.each(['x'.repeat(65), 'with space', 'semi;colon', 'a/b'])('ours in place of %j', async (given) => {
      const answer = await call('channels.list', {}, { 'x-request-id': given });
      expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(answer.headers.get('x-request-id')).not.toBe(given);
    });

    it('ours, another for every call', async () => {
      const answers = [await call('channels.list', {}), await call('channels.list', {}), await call('nothing', {})];
      const ids = answers.map(({ headers }) => headers.get('x-request-id'));
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    });

    it('also on webhooks and health', async () => {
      const health = await product.client.raw('/health/live', { method: 'GET', headers: { 'x-request-id': 'mine' } });
      expect(health.headers.get('x-request-id')).toBe('mine');
      const refused = await product.webhooks.post('{}', { signature: null });
      expectProblem(refused, 403, 'signature_invalid');
    });
  });

  describe('tells the whole of Graph’s refusal', () => {
    it('when a connect is refused', async () => {
      const page = await product.facebook.createPage({ name: 'Refused' });
      await product.facebook.fail({
        path: '*',
        page_id: page.page_id,
        mode: 'refuse',
        code: 200,
        subcode: 2018028,
        times: 50,
      });
      const answer = await call('channels.facebook.connect', { page_id: page.page_id, page_token: page.page_token });
      await product.facebook.control('faults.clear', {});
      expect(answer.status).toBe(422);
      expect(JSON.parse(answer.text)).toMatchObject({ source_error: { code: 200, subcode: 2018028 } });
      expect((await product.client.channels()).map(({ source_channel_id: id }) => id)).toEqual([
        connected.page.page_id,
      ]);
    });

    it('and nothing is half-made when Graph is away', async () => {
      const page = await product.facebook.createPage({ name: 'Away' });
      await product.facebook.fail({ path: '*', page_id: page.page_id, mode: '500', times: 50 });
      const connect = { page_id: page.page_id, page_token: page.page_token };
      const answer = await call('channels.facebook.connect', connect, { 'idempotency-key': 'away' });
      await product.facebook.control('faults.clear', {});
      expectProblem(answer, 502, 'graph_unavailable');
      expect((await product.client.channels()).map(({ source_channel_id: id }) => id)).toEqual([
        connected.page.page_id,
      ]);
      const again = await call('channels.facebook.connect', connect, { 'idempotency-key': 'away' });
      expect(again.status).toBe(200);
    });
  });

  describe('a webhook body with a right signature is never refused (interleaving 22)', () => {
    const page = (): string => connected.page.page_id;
    const deep = `${'['.repeat(200)}${']'.repeat(200)}`;

    it.each([
      ['not JSON', () => 'hello'],
      ['empty', () => ''],
      ['JSON but no object', () => '[1,2]'],
      ['of another object', () => facebookJson({ object: 'instagram', entry: [{ id: '1', messaging: [] }] })],
      ['without entries', () => facebookJson({ object: 'page' })],
      [
        'with an odd entry',
        () => facebookJson({ object: 'page', entry: [null, 5, { id: page(), messaging: 'x' }, { id: 7 }] }),
      ],
      ['with odd items', () => facebookJson(envelope(page(), [{}, { sender: null }, { message: [] }]))],
      ['of an unknown page', () => facebookJson(envelope('999000000000001', [textItem({ ...chat, text: 'x' })]))],
      ['of the dashboard’s test', () => facebookJson(envelope('0', [textItem({ ...chat, text: 'x' })]))],
      ['nested deeper than 64', () => `{"object":"page","entry":[{"id":"${page()}","messaging":[{"x":${deep}}]}]}`],
      [
        'with a lone surrogate and NUL',
        () =>
          String.raw`{"object":"page","entry":[{"id":"${page()}","time":1,"messaging":[{"sender":{"id":"${chat.psid}"},"recipient":{"id":"${page()}"},"timestamp":1763600000123,"message":{"mid":"m_nul","text":"a\u0000b\ud800c"}}]}]}`,
      ],
    ])('%s', async (_, body) => {
      const answer = await product.webhooks.post(body());
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: 'EVENT_RECEIVED' });
    });

    it('and what could not be stored as it was is made storable', async () => {
      const mid = newMid();
      const stream = await product.client.stream();
      await product.webhooks.deliverText({ ...chat, text: 'barrier', mid });
      await stream.waitForMid(mid);
      stream.close();
      const message = await product.client.messageByMid(chat.channelId, 'm_nul');
      expect(message.content).toEqual({ type: 'text', text: 'a\uFFFDb\uFFFDc' });
    });

    it('up to 4 MiB, and 413 above', async () => {
      const padded = (size: number): string => {
        const body = facebookJson({ ...envelope(page(), [textItem({ ...chat, text: 'large' })]), padding: '' });
        return body.replace('"padding":""', `"padding":"${'x'.repeat(size - Buffer.byteLength(body))}"`);
      };
      expect((await product.webhooks.post(padded(4 * MEBIBYTE))).status).toBe(200);
      expectProblem(await product.webhooks.post(padded(4 * MEBIBYTE + 1)), 413, 'body_too_large');
    });

    it('and the product is alive after all of it', async () => {
      const ready = await ask(`${product.client.url}/health/ready`, { method: 'GET' });
      expect(ready.status).toBe(200);
      expect(at(await product.client.channels(), 0).health.state).toBe('connected');
    });
  });
});
