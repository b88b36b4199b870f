import { z } from 'zod';
import type { Channel, Update } from '#libs/messaging';
import { ask, bodyOf, expectProblem, type Answer } from '../harness/answer.js';
import { withDatabase } from '../harness/embedded-database.js';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { present } from '../harness/only.js';
import type { SimulatedPage } from '../harness/simulator.client.js';
import { Product, stopAll, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

const USER = '100200000000777';
const exploredSchema = z.strictObject({
  data: z.array(
    z.strictObject({ page_id: z.string(), name: z.string(), image_url: z.string().nullable(), connected: z.boolean() }),
  ),
});
type Explored = z.infer<typeof exploredSchema>['data'];

describe('channels', () => {
  const answers: string[] = [];
  let product: Product;

  const explore = async (name: string, body: object): Promise<Explored> =>
    bodyOf(exploredSchema, await product.client.call(name, body)).data;
  const subscribed = async (page: SimulatedPage): Promise<readonly string[] | null> =>
    (await product.facebook.page(page.page_id)).subscribed_fields;
  /** Upkeep looks for what is due every 15 s. */
  const due = (page: SimulatedPage): Promise<unknown> =>
    withDatabase(product.home, (database) =>
      database.query(`update channels set upkeep_due = clock_timestamp() where source_channel_id = $1`, [page.page_id]),
    );
  const deliver = (page: SimulatedPage, mid: string): Promise<void> =>
    product.webhooks.deliverText({ pageId: page.page_id, psid: newPsid(), text: 'hello', mid });
  const connect = (page: SimulatedPage): Promise<Channel> =>
    product.client.connect({ page_id: page.page_id, page_token: page.page_token });

  const disconnected = (stream: StreamReader, { id }: Channel): Update | undefined =>
    stream.updates.find((update) => update.type === 'channel.updated' && update.channel_id === id);

  beforeAll(async () => {
    product = await Product.start({ heard: (text) => answers.push(text) });
  }, 60_000);

  afterAll(stopAll);

  describe('channels.facebook.explore', () => {
    let pages: SimulatedPage[];
    let token: string;

    beforeAll(async () => {
      pages = [];
      // more than one part of Facebook's list
      for (let index = 0; index < 130; index += 1)
        pages.push(await product.facebook.createPage({ name: `Shop ${index}`, user_id: USER }));
      for (const business of ['71', '72'])
        pages.push(await product.facebook.createPage({ name: 'Owned', user_id: USER, business_id: business }));
      await product.facebook.createPage({ name: 'Not theirs' });
      token = present(pages[0], 'a page').user_token;
    }, 30_000);

    it.each([
      ['channels.facebook.explore', 'auth_token'],
      ['facebook.channels.explore', 'token'],
    ])('%s lists every page of the user once, and which are connected', async (name, field) => {
      const page = present(pages[1], 'a page');
      await connect(page);
      const found = await explore(name, { [field]: token });
      expect(found.map(({ page_id: id }) => id).toSorted()).toEqual(pages.map(({ page_id: id }) => id).toSorted());
      expect(found.filter(({ connected }) => connected)).toEqual([
        {
          page_id: page.page_id,
          name: page.name,
          image_url: expect.stringMatching(/^https:/) as string,
          connected: true,
        },
      ]);
    });

    it.each([
      ['190', 'accounts', 422, 'token_invalid'],
      ['500', 'accounts', 502, 'graph_unavailable'],
      ['429', 'owned_pages', 422, 'graph_refused'],
      ['500', 'businesses', 502, 'graph_unavailable'],
    ])('a fault %s on %s is %i %s', async (mode, path, status, code) => {
      await product.facebook.fail({ path, mode });
      const answer = await product.client.call('channels.facebook.explore', { auth_token: token });
      await product.facebook.control('faults.clear', {});
      expectProblem(answer, status, code);
    });

    it('refuses what is no user token', async () => {
      const refused = [present(pages[0], 'a page').page_token, 'EAAnothing00000000', 'no token at all'];
      for (const value of refused)
        expectProblem(
          await product.client.call('channels.facebook.explore', { auth_token: value }),
          422,
          'token_invalid',
        );
      for (const body of [{}, { auth_token: 5 }, { token: null }])
        expectProblem(await product.client.call('channels.facebook.explore', body), 400, 'invalid_request');
    });
  });

  describe('a disconnect', () => {
    let connected: ConnectedPage;

    const call = (): Promise<Answer> =>
      product.client.call('channels.facebook.disconnect', { channel_id: connected.channel.id });

    beforeAll(async () => {
      connected = await product.connectPage('Closing Shop');
    });

    it('ends the subscription, keeps the history and is announced, once', async () => {
      const { page, channel } = connected;
      const stream = await product.client.stream();
      const { conversationId } = await product.startChat(connected);
      await waitFor(
        'the event to be noted',
        async () => (await product.client.channelInfo(channel.id)).health.last_event_at,
      );
      const first = await call();
      expect({ status: first.status, text: first.text }).toEqual({ status: 204, text: '' });
      expect((await call()).status).toBe(204);
      expect(await subscribed(page)).toBeNull();
      const announced = await waitFor('the announcement', () => disconnected(stream, channel));
      const now = await product.client.channelInfo(channel.id);
      expect(announced.payload).toEqual(now);
      expect(now).toMatchObject({ connected: false, health: { state: 'disconnected', subscribed_fields: [] } });
      expect((await product.client.channels()).map(({ id }) => id)).not.toContain(channel.id);
      expect((await product.client.messages(conversationId)).data).toHaveLength(1);
      const send = { conversation_id: conversationId, content: { type: 'text', text: 'x' } };
      expectProblem(await product.client.call('messages.send', send), 409, 'channel_disconnected');
      stream.close();
    });

    it('takes what comes all the same, and shows it once the page is connected again, under its old id', async () => {
      const { page, channel } = connected;
      const mid = newMid();
      await deliver(page, mid);
      expectProblem(
        await product.client.call('messages.info', { channel_id: channel.id, source_message_id: mid }),
        404,
        'not_found',
      );
      expect((await connect(page)).id).toBe(channel.id);
      await waitFor('the message', () => product.client.messageByMid(channel.id, mid));
      expect(await subscribed(page)).not.toBeNull();
    });

    it('is one while Facebook is away, and Facebook is told when it is back', async () => {
      const { page, channel } = connected;
      await product.facebook.fail({ path: 'subscribed_apps', page_id: page.page_id, mode: '500', times: 1 });
      expect((await call()).status).toBe(204);
      expect(await product.client.channelInfo(channel.id)).toMatchObject({ connected: false });
      expect(await subscribed(page)).not.toBeNull();
      await due(page);
      await waitFor('Facebook to be told', async () => (await subscribed(page)) === null, 25_000);
    }, 40_000);
  });

  it('a message that waits for a new token fails when its channel is disconnected', async () => {
    const connected = await product.connectPage('Locked Shop');
    const stream = await product.client.stream();
    const { conversationId, channelId } = await product.startChat(connected);
    await product.facebook.renewTokens(connected.page.page_id);
    const waiting = await product.client.sendText(conversationId, 'waiting');
    await waitFor(
      'the dead token to be known',
      async () => (await product.client.channelInfo(channelId)).health.state === 'reauth_required',
    );
    expect(await product.client.message(waiting.id)).toMatchObject({ state: 'pending' });
    await product.client.disconnect(channelId);
    await stream.waitForState(waiting.id, 'failed');
    expect(await product.client.message(waiting.id)).toMatchObject({ failure: { code: 'channel_disconnected' } });
    stream.close();
  });

  it('an event that came a moment before its page was connected ends in a conversation (interleaving 5)', async () => {
    const page = await product.facebook.createPage({ name: 'Early Shop' });
    const mid = newMid();
    await deliver(page, mid);
    const { id } = await connect(page);
    await waitFor('the message', () => product.client.messageByMid(id, mid));
    const message = await product.client.messageByMid(id, mid);
    expect((await product.client.conversation(message.conversation_id)).channel.id).toBe(id);
  });

  describe('a process that is killed', () => {
    const stateOf = (page: SimulatedPage): Promise<object | undefined> =>
      withDatabase(product.home, async (database) => {
        const sql = 'select state, token_sealed is not null as has_token from channels where source_channel_id = $1';
        return (await database.query(sql, [page.page_id]))[0];
      });

    it('leaves nothing between connected and disconnected (interleaving 5)', async () => {
      const begun = await product.facebook.createPage({ name: 'Begun' });
      const ending = await product.connectPage('Ending');
      for (const { page_id } of [begun, ending.page])
        await product.facebook.fail({ path: 'subscribed_apps', page_id, mode: 'hang' });
      const calls = [connect(begun), product.client.disconnect(ending.channel.id)];
      const ends = Promise.allSettled(calls);
      await waitFor('both to be begun', async () => {
        expect(await stateOf(begun)).toEqual({ state: 'connecting', has_token: true });
        expect(await stateOf(ending.page)).toEqual({ state: 'disconnecting', has_token: true });
        return true;
      });
      product.killParley();
      expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await product.startParley();
      expect(await product.client.channelInfo(ending.channel.id)).toMatchObject({ connected: false });
      await due(begun);
      await due(ending.page);
      await waitFor(
        'both to be ended',
        async () => {
          expect(await stateOf(begun)).toEqual({ state: 'connected', has_token: true });
          expect(await stateOf(ending.page)).toEqual({ state: 'disconnected', has_token: false });
          return true;
        },
        25_000,
      );
      expect(await subscribed(begun)).not.toBeNull();
      expect(await subscribed(ending.page)).toBeNull();
      expect((await product.client.channels()).map(({ source_channel_id: id }) => id)).toContain(begun.page_id);
    }, 90_000);
  });

  it('a subscription that Facebook has ended is made again by itself, and a dead token is said', async () => {
    const { page, channel } = await product.connectPage('Watched Shop');
    await product.facebook.control('settings', { require_proof: false });
    const url = `${product.facebook.url}/${page.page_id}/subscribed_apps`;
    await ask(url, { method: 'DELETE', headers: { authorization: `Bearer ${page.page_token}` } });
    await product.facebook.control('settings', { require_proof: true });
    expect(await subscribed(page)).toBeNull();
    await due(page);
    await waitFor('the subscription', async () => (await subscribed(page)) !== null, 25_000);
    const renewed = await product.facebook.renewTokens(page.page_id);
    await due(page);
    await waitFor(
      'the health to say so',
      async () => (await product.client.channelInfo(channel.id)).health.state === 'reauth_required',
      25_000,
    );
    const mid = newMid();
    await deliver(page, mid);
    await waitFor('what comes in to come in', () => product.client.messageByMid(channel.id, mid));
    expect(await connect(renewed)).toMatchObject({ id: channel.id, health: { state: 'connected' } });
  }, 90_000);

  it('shows the last event and the last handshake', async () => {
    const { page, channel } = await product.connectPage('Busy Shop');
    await deliver(page, newMid());
    await waitFor('last_event_at', async () => (await product.client.channelInfo(channel.id)).health.last_event_at);
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'wrong', 'hub.challenge': '1' };
    const path = `/webhooks/facebook/${channel.id}?${new URLSearchParams(query).toString()}`;
    expect((await product.client.raw(path, { method: 'GET' })).status).toBe(403);
    const { health } = await product.client.channelInfo(channel.id);
    expect(health.last_verification).toMatchObject({ ok: false, reason: expect.stringMatching(/token/) as string });
  });

  it('no token was told to anybody', () => {
    expect(answers.join('\n')).not.toContain('EAASIM');
  });
});
