import type { Channel, Message } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { withDatabase } from '../harness/embedded-database.js';
import {
  deliveryItem,
  echoItem,
  envelope,
  facebookNow,
  newMid,
  newPsid,
  readItem,
  textItem,
} from '../harness/facebook-items.js';
import { at, only, present } from '../harness/only.js';
import { facebookJson, OPENSSL_VECTOR, signatureOf } from '../harness/sign-webhook.js';
import type { SimulatedPage } from '../harness/simulator.client.js';
import { Product, stopAll } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { textOf, withoutRepeats } from '../harness/texts.js';
import { waitFor } from '../harness/wait-for.js';

const CHALLENGE = '1158201444 & <"b">';
const SPECIAL_TEXT = 'Grüß dich 👋🏽 https://shop.example/p?a=1&b=%20 <ñ> @you "quoted" \\ back\nline';
const PAGE_INBOX_APP = '263902037430900';
const DAY_MS = 86_400_000;

describe('one message in, one reply out', () => {
  const answers: string[] = [];
  const psid = newPsid();
  let product: Product;
  let page: SimulatedPage;
  let channel: Channel;
  let stream: StreamReader;
  let conversationId: string;
  let question: Message;

  const verify = (path: string, query: Record<string, string>): Promise<Answer> =>
    product.client.raw(`${path}?${new URLSearchParams(query).toString()}`, { method: 'GET' });
  const rightQuery = (): Record<string, string> => ({
    'hub.mode': 'subscribe',
    'hub.verify_token': product.settings.verifyToken,
    'hub.challenge': CHALLENGE,
  });
  const parties = (): { pageId: string; psid: string } => ({ pageId: page.page_id, psid });
  /** Everything of this conversation that was posted before is applied once this has come through. */
  const passBarrier = async (): Promise<void> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...parties(), text: 'barrier', mid });
    await stream.waitForMid(mid);
  };
  const waitForVerification = (isOk: boolean): Promise<Channel> =>
    waitFor(`health.last_verification.ok to be ${String(isOk)}`, async () => {
      const now = await product.client.channel(channel.id);
      return now.health.last_verification?.ok === isOk && now;
    });
  const expectVerification = async (path: string): Promise<void> => {
    const right = await verify(path, rightQuery());
    expect({ status: right.status, text: right.text }).toEqual({ status: 200, text: CHALLENGE });
    expect(right.headers.get('content-type')).toMatch(/^text\/plain/);
    const slashed = await verify(`${path}/`, { ...rightQuery(), unknown: 'parameter' });
    expect({ status: slashed.status, text: slashed.text }).toEqual({ status: 200, text: CHALLENGE });
    const wrong = [
      { ...rightQuery(), 'hub.verify_token': 'wrong' },
      { ...rightQuery(), 'hub.verify_token': '' },
      { ...rightQuery(), 'hub.verify_token': `${product.settings.verifyToken}x` },
      { ...rightQuery(), 'hub.mode': 'unsubscribe' },
      { 'hub.mode': 'subscribe', 'hub.challenge': CHALLENGE },
      {},
    ];
    const refused = await Promise.all(wrong.map((query) => verify(path, query)));
    expect(refused.map(({ status }) => status)).toEqual(wrong.map(() => 403));
    expect(refused.map(({ text }) => text).join('')).not.toContain(CHALLENGE);
  };

  beforeAll(async () => {
    product = await Product.start({ appSecret: OPENSSL_VECTOR.secret, heard: (text) => answers.push(text) });
    await product.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
    page = await product.facebook.createPage({ id: OPENSSL_VECTOR.pageId, name: 'Blue Shop' });
    await product.facebook.createCustomer(page.page_id, psid);
  }, 60_000);

  afterAll(stopAll);

  it.each(['/facebook', '/webhooks/facebook'])(
    'answers the verification on %s before any page is connected',
    async (path) => {
      await expectVerification(path);
    },
  );

  it('connects a page and reads the subscription back', async () => {
    channel = await product.client.connect({ page_id: page.page_id, page_token: page.page_token });
    expect(channel).toMatchObject({
      source: 'facebook',
      source_channel_id: page.page_id,
      connected: true,
      metadata: { name: page.name },
      webhook_url: `${product.client.url}/webhooks/facebook/${channel.id}`,
      health: { state: 'connected' },
    });
    expect(channel.health.subscribed_fields).toEqual(
      expect.arrayContaining([
        'messages',
        'messaging_postbacks',
        'message_echoes',
        'message_deliveries',
        'message_reads',
      ]),
    );
    const atFacebook = await product.facebook.page(page.page_id);
    expect(present(atFacebook.subscribed_fields, 'the subscription').toSorted()).toEqual(
      channel.health.subscribed_fields.toSorted(),
    );
  });

  it('gives a page that is connected again the same channel', async () => {
    const again = await product.client.connect({ page_id: page.page_id, page_token: page.page_token });
    expect(again.id).toBe(channel.id);
    expect((await product.client.channels()).map(({ id }) => id)).toEqual([channel.id]);
  });

  it('answers a repeated connect with the same Idempotency-Key verbatim', async () => {
    const body = { page_id: page.page_id, page_token: page.page_token };
    const headers = { 'idempotency-key': 'connect-1' };
    const first = await product.client.call('channels.facebook.connect', body, headers);
    const second = await product.client.call('channels.facebook.connect', body, headers);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect({ status: first.status, text: second.text }).toEqual({ status: 200, text: first.text });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    // what follows compares whole answers, and a name that arrives would change them
    await product.leaveContactsAlone();
  });

  it('answers the verification on the channel’s own URL and shows it in the health', async () => {
    await expectVerification(`/webhooks/facebook/${channel.id}`);
    await verify(`/webhooks/facebook/${channel.id}`, rightQuery());
    await waitForVerification(true);
    await verify(`/webhooks/facebook/${channel.id}`, { ...rightQuery(), 'hub.verify_token': 'wrong' });
    const failed = await waitForVerification(false);
    expect(failed.health.last_verification?.reason).toMatch(/\S/);
  });

  it('does not know the URL of a channel that does not exist', async () => {
    const path = '/webhooks/facebook/0190a6c0-0000-7000-8000-000000000000';
    expect((await verify(path, rightQuery())).status).toBe(404);
    expect((await product.webhooks.post(facebookJson(envelope(page.page_id, [])), { path })).status).toBe(404);
  });

  it('refuses a body whose signature is not right, and stores nothing of it', async () => {
    stream = await product.client.stream();
    const body = facebookJson(
      envelope(page.page_id, [textItem({ ...parties(), text: 'forged-7f3a', mid: 'm_forged' })]),
    );
    const right = signatureOf(body, product.settings.appSecret);
    const signatures = [
      `sha256=${'0'.repeat(64)}`,
      '',
      'sha256=',
      null,
      signatureOf(body, 'the secret of another app'),
      signatureOf(`${body} `, product.settings.appSecret),
      right.replace('sha256=', 'sha1='),
      right.replace('sha256=', ''),
      right.slice(0, -2),
    ];
    const paths = ['/facebook', '/webhooks/facebook', `/webhooks/facebook/${channel.id}`];
    const refused = await Promise.all(
      paths.flatMap((path) => signatures.map((signature) => product.webhooks.post(body, { path, signature }))),
    );
    for (const answer of refused) expectProblem(answer, 403, 'signature_invalid');
    await passBarrier();
    expect(stream.created.map(({ content }) => content)).toEqual([{ type: 'text', text: 'barrier' }]);
    const [stored] = await withDatabase(product.home, (database) =>
      database.query<{ count: number }>("select count(*) as count from log_records where value like '%forged-7f3a%'"),
    );
    expect(stored).toEqual({ count: 0 });
  });

  it('shows a signed message on the stream', async () => {
    const mid = newMid();
    const timestamp = facebookNow();
    const postedAt = performance.now();
    const answer = await product.webhooks.post(
      facebookJson(envelope(page.page_id, [textItem({ ...parties(), text: SPECIAL_TEXT, mid, timestamp })])),
    );
    const answeredAt = performance.now();
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: 'EVENT_RECEIVED' });
    const { update, at: arrivedAt } = await stream.waitForMid(mid);
    process.stdout.write(
      `webhook → 200: ${(answeredAt - postedAt).toFixed(1)} ms, webhook → stream: ${(arrivedAt - postedAt).toFixed(1)} ms\n`,
    );
    question = only(stream.created.filter((message) => message.source_message_id === mid));
    conversationId = question.conversation_id;
    expect(update).toMatchObject({ channel_id: channel.id, conversation_id: conversationId });
    expect(question).toMatchObject({
      channel_id: channel.id,
      source: 'facebook',
      from_contact: true,
      sender_type: 'contact',
      sender: { id: psid },
      content: { type: 'text', text: SPECIAL_TEXT },
      state: 'delivered',
      delivery_state: 'delivered',
      sent_at: new Date(timestamp).toISOString(),
    });
  });

  it('announces the conversation once, before its first message', () => {
    const types = stream.typesOf(conversationId);
    expect(types.filter((type) => type === 'conversation.created')).toHaveLength(1);
    expect(types.indexOf('conversation.created')).toBeLessThan(types.indexOf('message.created'));
  });

  it('takes a message on the channel’s own URL', async () => {
    const mid = newMid();
    await product.webhooks.deliverText(
      { ...parties(), text: SPECIAL_TEXT, mid },
      { path: `/webhooks/facebook/${channel.id}` },
    );
    await stream.waitForMid(mid);
    expect((await product.client.messageByMid(channel.id, mid)).content).toEqual({ type: 'text', text: SPECIAL_TEXT });
  });

  it('takes the body that openssl signed', async () => {
    const { body, signature, mid, text } = OPENSSL_VECTOR;
    const answer = await product.webhooks.post(body, { path: '/webhooks/facebook', signature });
    expect(answer.status).toBe(200);
    await stream.waitForMid(mid);
    const message = await product.client.messageByMid(channel.id, mid);
    expect(message).toMatchObject({ content: { type: 'text', text }, sent_at: '2025-11-20T00:53:19.870Z' });
  });

  it('shows conversation and messages by REST', async () => {
    const { data, pagination_data: pages } = await product.client.messages(conversationId);
    expect(data.map(({ content }) => content)).toEqual([
      { type: 'text', text: SPECIAL_TEXT },
      { type: 'text', text: SPECIAL_TEXT },
      { type: 'text', text: 'barrier' },
    ]);
    expect(pages).toEqual({ previous_cursor: null, next_cursor: null, total: 3 });
    expect(await product.client.message(question.id)).toEqual(question);
    const conversation = await product.client.conversation(conversationId);
    expect(conversation).toMatchObject({
      source_contact_id: psid,
      channel: { id: channel.id },
      last_message: { id: at(data, 0).id },
      metadata: { unread_count: 3 },
      window: { closes_at: new Date(Date.parse(at(data, 0).sent_at) + DAY_MS).toISOString() },
    });
    expect(conversation.window.allowed).toContain('RESPONSE');
    const list = await product.client.conversations();
    // when the page was heard of last may be noted in between
    const shown = { ...conversation, channel: expect.objectContaining({ id: channel.id }) as object };
    expect(list.data.find(({ id }) => id === conversationId)).toEqual(shown);
    expect(list.pagination_data.total).toBe(2);
  });

  it('sends a text once, marked with our id, and says so', async () => {
    const text = 'Ja — 3 Stück 📦 https://shop.example/';
    const pending = await product.client.sendText(conversationId, text);
    expect(pending).toMatchObject({
      conversation_id: conversationId,
      channel_id: channel.id,
      from_contact: false,
      sender_type: 'agent',
      content: { type: 'text', text },
      state: 'pending',
      delivery_state: 'pending',
    });
    const send = await product.facebook.waitForSend(pending.id);
    expect(send).toMatchObject({
      page_id: page.page_id,
      recipient_id: psid,
      text,
      metadata: `p1:${pending.id}:1`,
      outcome: 'accepted',
      count: 1,
    });
    // The simulator refuses a wrong or missing appsecret_proof; a query string ends in other people's logs.
    expect((await product.facebook.state()).settings.require_proof).toBe(true);
    expect(['header', 'body']).toContain(send.token_in);
    await stream.waitForState(pending.id, 'sent');
    const sent = await product.client.message(pending.id);
    expect(sent).toMatchObject({ state: 'sent', delivery_state: 'delivered', source_message_id: send.mid });
    expect(await product.client.messageByMid(channel.id, present(send.mid, 'mid'))).toEqual(sent);
  });

  it('sends a message in Messenger’s own form, and keeps the caller’s metadata beside ours', async () => {
    const message = {
      text: 'Which size?',
      metadata: 'job:78',
      quick_replies: [{ content_type: 'text', title: 'S', payload: 'SIZE_S' }],
    };
    const pending = await product.client.send({ conversation_id: conversationId, message });
    expect(pending).toMatchObject({
      state: 'pending',
      content: { type: 'text', text: 'Which size?' },
      source_data: { metadata: 'job:78' },
    });
    const send = await product.facebook.waitForSend(pending.id);
    expect(send.message).toEqual({ ...message, metadata: `p1:${pending.id}:1 job:78` });
    await stream.waitForState(pending.id, 'sent');
  });

  it.each(['before', 'after'] as const)('makes one message of an echo that comes %s the answer', async (echo) => {
    await product.facebook.change({ echo });
    const pending = await product.client.sendText(conversationId, `with an echo ${echo} the answer`);
    await stream.waitForState(pending.id, 'sent');
    const send = await product.facebook.waitForSend(pending.id);
    await product.facebook.waitForWebhook('message_echoes', present(send.mid, 'mid'));
    await product.facebook.change({ echo: 'off' });
    await passBarrier();
    const listed = (await product.client.allMessages(conversationId)).filter(
      (message) => textOf(message) === send.text,
    );
    expect(listed).toMatchObject([
      { id: pending.id, state: 'sent', source_message_id: send.mid, sender_type: 'agent' },
    ]);
    expect(stream.created.filter(({ id }) => id === pending.id)).toHaveLength(1);
    expect(stream.created.filter((message) => message.source_message_id === send.mid)).toEqual([]);
    expect(withoutRepeats(stream.statesOf(pending.id))).toEqual(['pending', 'sent']);
    expect(await product.facebook.sendsOf(pending.id)).toHaveLength(1);
  });

  it('shows what somebody else wrote for the page', async () => {
    const mid = newMid();
    await product.webhooks.deliver(page.page_id, [
      echoItem({ ...parties(), text: 'from the page inbox', mid, appId: PAGE_INBOX_APP }),
    ]);
    await stream.waitForMid(mid);
    expect(await product.client.messageByMid(channel.id, mid)).toMatchObject({
      from_contact: false,
      state: 'sent',
      content: { text: 'from the page inbox' },
    });
  });

  it('goes on to delivered and read, and never back', async () => {
    const pending = await product.client.sendText(conversationId, 'receipts, please');
    await stream.waitForState(pending.id, 'sent');
    const mid = present((await product.facebook.waitForSend(pending.id)).mid, 'mid');
    await product.webhooks.deliver(page.page_id, [readItem(parties(), Date.parse(question.sent_at))]);
    await passBarrier();
    expect(await product.client.message(pending.id)).toMatchObject({ state: 'sent' });

    await product.facebook.deliver({
      page_id: page.page_id,
      psid,
      mids: [mid],
      watermark: Date.parse(question.sent_at),
    });
    await stream.waitForState(pending.id, 'delivered');
    expect(await product.client.message(pending.id)).toMatchObject({
      state: 'delivered',
      source_message_id: mid,
      delivered_at: expect.any(String) as string,
    });
    // Facebook's answer carries its time in whole seconds, to which we add one: only a later watermark covers it for sure.
    await product.facebook.read({ page_id: page.page_id, psid, watermark: Date.now() + 3_000 });
    await stream.waitForState(pending.id, 'read');
    const read = await product.client.message(pending.id);
    expect(read).toMatchObject({ state: 'read', delivery_state: 'delivered', read_at: expect.any(String) as string });

    await product.webhooks.deliver(page.page_id, [
      deliveryItem(parties(), { mids: [mid], watermark: Date.now() + 4_000 }),
    ]);
    await passBarrier();
    expect(await product.client.message(pending.id)).toMatchObject({
      state: 'read',
      delivered_at: read.delivered_at,
      read_at: read.read_at,
    });
    expect(stream.statesOf(pending.id)).toEqual(['pending', 'sent', 'delivered', 'read']);
  });

  it('keeps a message of an unknown kind visibly', async () => {
    const item = {
      sender: { id: psid },
      recipient: { id: page.page_id },
      timestamp: facebookNow(),
      brand_new_thing: { a: 1, 'ü/': '👋' },
    };
    const before = stream.created.length;
    await product.webhooks.deliver(page.page_id, [item]);
    await passBarrier();
    const shown = at(stream.created, before);
    expect(shown.content).toMatchObject({ type: 'unsupported', unsupported: { kind: 'brand_new_thing' } });
    expect(JSON.stringify(shown.content)).toContain('👋');
  });

  it('tells no token and no secret in any answer', () => {
    const told = answers.join('\n');
    const { appSecret, apiKey } = product.settings;
    expect(answers.length).toBeGreaterThan(50);
    for (const secret of [page.page_token, page.user_token, appSecret, apiKey]) expect(told).not.toContain(secret);
    expect(told).not.toContain('EAASIM');
  });

  it('says why a token is refused, and repeats it nowhere', async () => {
    const other = await product.facebook.createPage({ name: 'Other Shop' });
    const connect = (token: string): Promise<Answer> =>
      product.client.call('channels.facebook.connect', { page_id: other.page_id, page_token: token });
    const refused = [
      expectProblem(await connect('EAA-not-a-token'), 422, 'token_invalid'),
      expectProblem(await connect(other.user_token), 422, 'token_not_page'),
      expectProblem(await connect(page.page_token), 422, 'token_wrong_page'),
    ];
    expect(JSON.stringify(refused)).not.toMatch(/EAASIM|EAA-not/);
    expect((await product.client.channels()).map(({ id }) => id)).toEqual([channel.id]);
    expect((await product.facebook.page(other.page_id)).subscribed_fields).toBeNull();
  });

  it('is live and ready without a key', async () => {
    const live = await product.client.raw('/health/live', { method: 'GET' });
    const ready = await product.client.raw('/health/ready', { method: 'GET' });
    expect([live.status, ready.status]).toEqual([200, 200]);
  });
});
