import { startBot } from './bot.js';
import { PAGE_ID, PSID, until, type Facebook } from './facebook.js';
import { startWorld, type World } from './start-world.js';

let world: World;
let facebook: Facebook;

beforeEach(async () => {
  world = await startWorld('messages,message_reactions');
  ({ facebook } = world);
  await startBot(facebook, world.receiver);
});

afterEach(() => world.close());

const conversation = [
  { act: 'write', text: 'hi' },
  { wait_for: { sender_action: 'typing_on' } },
  { wait_for: { contains: 'like it', quick_reply: 'Yes' } },
  { act: 'tap_quick_reply', title: 'Yes' },
  { wait_for: { matches: '^you said (YES|NO)$' } },
  { act: 'react', emoji: '😮', reaction: 'wow' },
  { wait_for: { text: 'you react' } },
  { act: 'write', text: 'bye' },
  { expect_nothing_ms: 30 },
];

describe('a script', () => {
  it('plays a customer who talks with a bot', async () => {
    const order = { page_id: PAGE_ID, psids: [PSID], steps: conversation, wait: true };
    const { body } = await facebook.control('scripts.run', order);

    expect(body).toMatchObject({
      state: 'finished',
      counts: { running: 0, finished: 1, failed: 0 },
      customers: [{ psid: PSID, state: 'finished', steps_done: conversation.length, failure: null }],
    });
    const [customer] = body['customers'] as { received: { text: string | null; mid?: string }[] }[];
    const said = customer?.received.map(({ text }) => text).filter((text) => text !== null);
    expect(said).toEqual(['Do you like it?', 'you said YES', 'you react']);
    // The reaction is to the message that was waited for.
    const reaction = world.receiver.items().find((item) => 'reaction' in item)?.['reaction'];
    expect(reaction).toMatchObject({ mid: customer?.received[3]?.mid, emoji: '😮', reaction: 'wow' });
  });

  it('plays many customers at once and tells how far they are', async () => {
    const order = { page_id: PAGE_ID, customers: 20, steps: conversation, stagger_ms: 2 };
    const { body } = await facebook.control('scripts.run', order);
    expect(body).toMatchObject({ state: 'running', counts: { running: 20 } });

    const id = { script_id: body['script_id'] };
    await until(async () => (await facebook.control('scripts.info', id)).body['state'] !== 'running');
    expect((await facebook.control('scripts.info', id)).body).toMatchObject({ counts: { finished: 20, failed: 0 } });
  });

  it.each([
    [
      [
        { act: 'write', text: 'hmm' },
        { wait_for: { text: 'never' }, timeout_ms: 20 },
      ],
      1,
      'within 20 ms',
    ],
    [[{ act: 'write', text: 'hi' }, { expect_nothing_ms: 5_000 }], 1, 'Nothing was expected'],
    [[{ act: 'tap_button', title: 'Buy' }], 0, 'can be tapped'],
    [[{ act: 'read' }], 0, 'not_subscribed'],
  ])('fails as %j', async (steps, done, failure) => {
    const { body } = await facebook.control('scripts.run', { page_id: PAGE_ID, psids: [PSID], steps, wait: true });

    expect(body).toMatchObject({
      state: 'failed',
      customers: [{ state: 'failed', steps_done: done, failure: expect.stringContaining(failure) as unknown }],
    });
  });

  it.each([
    ['an unknown act', { steps: [{ wait_ms: 0 }, { act: 'dance' }] }, 'steps: 1: "dance" is no act'],
    ['a wrong act', { steps: [{ act: 'location', lat: 1 }] }, 'steps: 0: long'],
    ['a wrong pattern', { steps: [{ wait_for: { matches: '(' } }] }, 'steps'],
    ['no steps', { steps: [] }, 'steps'],
    ['an unknown customer', { psids: ['1'], steps: [{ wait_ms: 0 }] }, 'customers.create'],
  ])('is refused with %s', async (_title, order, complaint) => {
    const { status, body } = await facebook.control('scripts.run', { page_id: PAGE_ID, ...order });

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ message: expect.stringContaining(complaint) as unknown });
    expect(world.receiver.items()).toEqual([]);
  });

  it('can be stopped', async () => {
    const order = { page_id: PAGE_ID, customers: 2, steps: [{ wait_for: { text: 'never' }, timeout_ms: 600_000 }] };
    const { body } = await facebook.control('scripts.run', order);
    const stopped = await facebook.control('scripts.stop', { script_id: body['script_id'] });

    expect(stopped.body).toMatchObject({ state: 'failed', counts: { running: 0, failed: 2 } });
  });
});
