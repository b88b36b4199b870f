import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ContactsWorld, type Writer } from '../harness/contacts-world.js';
import { at, only } from '../harness/only.js';
import { startBundle } from '../harness/start-bundle.js';
import { stopAll } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';

describe('a contact', () => {
  let world: ContactsWorld;

  beforeAll(async () => {
    world = await ContactsWorld.open();
  }, 60_000);

  afterEach(() => world.heal());
  afterAll(stopAll);

  it('has a name and a picture soon after the first message, told once', async () => {
    const psid = await world.newCustomer();
    const writer = await world.write(psid);
    const shown = {
      display_name: 'Ana Lima',
      first_name: 'Ana',
      last_name: 'Lima',
      avatar_url: expect.stringContaining(psid) as string,
      fetch_state: 'ok',
    };
    expect(await world.waitForContact(writer, 'ok', 5_000)).toMatchObject(shown);
    const { data } = await world.product.client.messages(writer.conversationId);
    expect(only(data).sender).toEqual({ id: psid, name: 'Ana Lima', avatar_url: shown.avatar_url });

    const second = await world.write(psid);
    await waitFor('the second message on the stream', () => world.told(second).length === 4);
    const told = world.told(second);
    expect(told.map(({ type }) => type)).toEqual([
      'conversation.created',
      'message.created',
      'conversation.updated',
      'message.created',
    ]);
    expect(at(told, 2).payload).toMatchObject({ metadata: { contact: shown }, last_message: { sender: { id: psid } } });
    expect(at(told, 3).payload).toMatchObject({ message: { sender: { name: 'Ana Lima' } } });
    expect(await world.product.client.conversation(writer.conversationId)).toMatchObject({
      metadata: { contact: shown },
    });
  });

  it.each([
    ['is hidden', { profile: 'hidden' }],
    ['is unavailable', { profile: 'unavailable' }],
  ])('whose profile %s keeps the name it has, and says so', async (_name, about) => {
    const writer = await world.write(await world.newCustomer(about));
    expect(await world.waitForContact(writer, 'failed')).toEqual({
      display_name: `Facebook ${writer.psid.slice(-5)}`,
      fetch_state: 'failed',
    });
  });

  it('whom Facebook refuses is asked for once', async () => {
    const psid = await world.newCustomer();
    await world.spoil(psid, 'refuse', { code: 100, subcode: 33 });
    await world.waitForContact(await world.write(psid), 'failed');
    await world.answer(await world.write(psid));
    expect(await world.askedFor([psid])).toEqual([1]);
  });

  it.each(['500', 'garbage', 'half'])(
    'whose profile ends in %s gets its name when that is over; messages and sends go on',
    async (mode) => {
      const psid = await world.newCustomer();
      await world.spoil(psid, mode);
      const writer = await world.write(psid);
      await waitFor('the profile to be asked for twice', async () => at(await world.askedFor([psid]), 0) >= 2);
      await world.answer(await world.write(psid));
      expect(await world.contact(writer)).toEqual({ display_name: `Facebook ${psid.slice(-5)}` });
      await world.heal();
      expect(await world.waitForContact(writer, 'ok', 20_000)).toMatchObject({ display_name: 'Ana Lima' });
      expect(world.told(writer).filter(({ type }) => type === 'conversation.updated')).toHaveLength(1);
    },
    40_000,
  );

  it('of a page whose token has ended gets its name when the page is connected again', async () => {
    const { page_token } = await world.product.facebook.renewTokens(world.pageId);
    const writer = await world.write(await world.newCustomer());
    const { id } = world.connected.channel;
    await waitFor('the page to say that it needs a token', async () => {
      const { health } = await world.product.client.channel(id);
      return health.state === 'reauth_required';
    });
    expect(await world.contact(writer)).not.toHaveProperty('fetch_state');
    await world.product.client.connect({ page_id: world.pageId, page_token });
    expect(await world.waitForContact(writer, 'ok')).toMatchObject({ display_name: 'Ana Lima' });
  }, 30_000);

  it('gets its name after a restart; while all profiles hang, messages and sends go on', async () => {
    // more than are asked for at once
    const psids = await Promise.all(Array.from({ length: 6 }, () => world.newCustomer()));
    for (const psid of psids) await world.spoil(psid, 'hang');
    const writers: Writer[] = [];
    for (const psid of psids) writers.push(await world.write(psid));
    await waitFor('four calls', async () => {
      const asked = await world.askedFor(psids);
      return asked.reduce((sum, calls) => sum + calls) === 4;
    });
    for (const writer of writers) await world.answer(writer);
    expect((await world.product.stopParley()).code).toBe(0);
    await world.heal();
    await world.product.startParley();
    for (const writer of writers) {
      expect(await world.waitForContact(writer, 'ok')).toMatchObject({ display_name: 'Ana Lima' });
    }
  }, 60_000);
});

describe('contacts with several senders', () => {
  let database: TestDatabase;
  let world: ContactsWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
    const encryptionKey = randomBytes(32).toString('base64');
    const env = { DATABASE_URL: database.url, PARLEY_ENCRYPTION_KEY: encryptionKey };
    world = await ContactsWorld.open(env);
    const { appId, appSecret, verifyToken, graphUrl, apiKey } = world.product.settings;
    const sender = {
      ...env,
      PORT: '0',
      METRICS_PORT: '0',
      PARLEY_API_KEY: apiKey,
      FACEBOOK_APP_ID: appId,
      FACEBOOK_APP_SECRET: appSecret,
      FACEBOOK_WEBHOOK_SECRET: verifyToken,
      FACEBOOK_GRAPH_URL: graphUrl,
    };
    await Promise.all([startBundle('sender', sender), startBundle('sender', sender)]);
  }, 60_000);

  afterAll(async () => {
    await stopAll();
    await database.drop();
  });

  it('are asked for once each, and told once', async () => {
    const psids = await Promise.all(Array.from({ length: 25 }, () => world.newCustomer()));
    for (const psid of psids) await world.spoil(psid, 'refuse', { code: 100, subcode: 33 });
    const writers = await Promise.all(psids.map((psid) => world.write(psid)));
    for (const writer of writers) await world.waitForContact(writer, 'failed', 20_000);
    expect(await world.askedFor(psids)).toEqual(psids.map(() => 1));
    for (const writer of writers) {
      await waitFor('the contact on the stream', () => world.told(writer).length === 3);
      expect(world.told(writer).map(({ type }) => type)).toContain('conversation.updated');
    }
  }, 60_000);
});
