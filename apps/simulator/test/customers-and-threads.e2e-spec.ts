import { PAGE_ID, PSID, until, type Facebook } from './facebook.js';
import type { Receiver } from './receiver.js';
import { startWorld, type World } from './start-world.js';

const FIELDS = [
  ...['messages', 'messaging_postbacks', 'message_reactions', 'message_edits', 'message_echoes', 'messaging_optins'],
  ...[
    'messaging_referrals',
    'messaging_account_linking',
    'messaging_handovers',
    'messaging_policy_enforcement',
    'standby',
  ],
].join(',');

let world: World;
let facebook: Facebook;
let receiver: Receiver;

beforeEach(async () => {
  world = await startWorld(FIELDS);
  ({ facebook, receiver } = world);
  await facebook.control('settings', { delivery: 'off', echo: 'off' });
});

afterEach(() => world.close());

const mid = 'm_1';

/** The message that a customer finds in the thread. */
async function pageSends(message: unknown): Promise<string> {
  await facebook.act('write', { text: 'hello', mid: 'm_hello' });
  const { body } = await facebook.sendMessage(message);
  receiver.received.length = 0;
  return String(body['message_id']);
}

describe('a customer', () => {
  it('taps the quick reply that was offered', async () => {
    await pageSends({
      text: 'Which?',
      quick_replies: ['Red', 'Blue'].map((title) => ({ content_type: 'text', title, payload: title.toUpperCase() })),
    });
    await facebook.act('tap_quick_reply', { title: 'Blue' });

    expect(receiver.items()).toMatchObject([{ message: { text: 'Blue', quick_reply: { payload: 'BLUE' } } }]);
    expect((await facebook.act('tap_quick_reply', { title: 'Green' })).status).toBe(400);
  });

  it('gives an address by a quick reply', async () => {
    await pageSends({ text: 'Address?', quick_replies: [{ content_type: 'user_email' }] });
    await facebook.act('tap_quick_reply', { value: 'a@example.org' });

    const message = { text: 'a@example.org', quick_reply: { payload: 'a@example.org' } };
    expect(receiver.items()).toMatchObject([{ message }]);
  });

  it('taps the button of a template', async () => {
    const buttons = [
      { type: 'web_url', title: 'Open', url: 'https://a.example' },
      { type: 'postback', title: 'Yes', payload: 'YES' },
    ];
    const payload = { template_type: 'generic', elements: [{ title: 'Mug', buttons }] };
    await pageSends({ attachment: { type: 'template', payload } });
    await facebook.act('tap_button');

    expect(receiver.items()).toMatchObject([{ postback: { title: 'Yes', payload: 'YES' } }]);
    expect((await facebook.act('tap_button', { title: 'Open' })).status).toBe(400);
  });

  it('reacts to what the page sent last, edits and unsends the own last message', async () => {
    const sent = await pageSends({ text: 'hi' });
    for (const [name, order] of [
      ['react', {}],
      ['edit', { text: 'a' }],
      ['edit', { text: 'b' }],
      ['unsend', {}],
    ] as const) {
      await facebook.act(name, order);
    }

    expect(receiver.items()).toMatchObject([
      { reaction: { mid: sent } },
      { message_edit: { mid: 'm_hello', num_edit: 1 } },
      { message_edit: { mid: 'm_hello', num_edit: 2 } },
      { message: { mid: 'm_hello', is_deleted: true } },
    ]);
  });

  it('blocks the page: messages are refused, the profile is empty', async () => {
    await pageSends({ text: 'hi' });
    await facebook.act('block');

    expect((await facebook.sendMessage({ text: 'hi' })).body['error']).toMatchObject({
      code: 551,
      error_subcode: 1545041,
    });
    expect((await facebook.get(`/${PSID}`, await facebook.pageToken())).body).toEqual({});
    await facebook.act('unblock');
    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
  });

  it.each([
    ['unavailable', 2018218],
    ['forbidden', 2018247],
  ])('has a profile that is %s', async (profile, subcode) => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77', profile });

    const { body } = await facebook.get('/77', await facebook.pageToken());
    expect(body['error']).toMatchObject({ error_subcode: subcode });
  });

  it('has locale and time zone', async () => {
    await facebook.control('customers.create', { page_id: PAGE_ID, psid: '77', locale: 'fr_FR', timezone: 2 });

    const { body } = await facebook.get('/77', await facebook.pageToken(), { fields: 'locale,timezone' });
    expect(body).toEqual({ id: '77', locale: 'fr_FR', timezone: 2 });
  });
});

describe('a thread that another app takes', () => {
  it('is heard on standby, without payloads, and cannot be written to', async () => {
    await facebook.act('write', { text: 'hello' });
    await facebook.act('take_thread');
    receiver.received.length = 0;
    await facebook.act('write', { text: 'anybody?' });
    await facebook.act('postback', { mid, title: 'Help', payload: 'HELP' });
    const unheard = await facebook.act('react', { mid });

    expect(receiver.bodies().map(({ entry }) => Object.keys({ ...entry[0] }))).toEqual(
      Array(2).fill(['id', 'time', 'standby']),
    );
    expect(receiver.items()).toMatchObject([{ message: { text: 'anybody?' } }, { postback: { mid, title: 'Help' } }]);
    expect(receiver.items()[1]?.['postback']).not.toHaveProperty('payload');
    expect(unheard.body['webhook']).toMatchObject({ outcome: 'not_owner' });
    expect((await facebook.sendMessage({ text: 'hi' })).body['error']).toMatchObject({ error_subcode: 2018300 });
  });

  it('tells us so, and so does getting it back', async () => {
    await facebook.act('take_thread');
    await facebook.act('pass_thread', { metadata: 'to bot' });
    await facebook.act('write', { text: 'hello' });

    expect(receiver.items()).toMatchObject([
      { take_thread_control: { previous_owner_app_id: '290000000000001', new_owner_app_id: '263902037430900' } },
      { pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: '290000000000001', metadata: 'to bot' } },
      { message: { text: 'hello' } },
    ]);
    expect(receiver.bodies().at(-1)?.entry[0]).toHaveProperty('messaging');
  });

  it('comes back by itself after a day', async () => {
    await facebook.act('take_thread');
    await facebook.control('settings', { clock_offset_ms: 25 * 3_600_000 });
    await facebook.act('write', { text: 'hello' });
    await until(() => receiver.items().length === 2);

    expect((await facebook.sendMessage({ text: 'hi' })).status).toBe(200);
  });
});
