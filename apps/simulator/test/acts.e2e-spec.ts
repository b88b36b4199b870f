import { PAGE_ID, PSID, type Facebook } from './facebook.js';
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

const byCustomer = { sender: { id: PSID }, recipient: { id: PAGE_ID }, timestamp: expect.any(Number) as unknown };
const byPage = { sender: { id: PAGE_ID }, recipient: { id: PSID }, timestamp: expect.any(Number) as unknown };
const byNobody = { recipient: { id: PAGE_ID }, timestamp: expect.any(Number) as unknown };
const mid = 'm_1';

// Shapes: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
describe('an act', () => {
  it.each([
    [
      'attach',
      { mid, types: ['image', 'file'], text: 'both' },
      {
        ...byCustomer,
        message: {
          mid,
          text: 'both',
          attachments: [
            { type: 'image', payload: { url: expect.stringMatching(/^https:.*jpg$/) as unknown } },
            { type: 'file', payload: { url: expect.stringMatching(/^https:.*pdf$/) as unknown } },
          ],
        },
      },
    ],
    [
      'location',
      { mid, lat: 52.52, long: 13.405 },
      {
        ...byCustomer,
        message: {
          mid,
          attachments: [
            { type: 'location', title: "Ana's location", payload: { coordinates: { lat: 52.52, long: 13.405 } } },
          ],
        },
      },
    ],
    [
      'sticker',
      { mid },
      {
        ...byCustomer,
        message: {
          mid,
          attachments: [
            { type: 'sticker', payload: { url: expect.any(String) as unknown, sticker_id: 369239263222822 } },
          ],
        },
      },
    ],
    [
      'sticker',
      { mid, legacy: true },
      { ...byCustomer, message: expect.objectContaining({ sticker_id: 369239263222822 }) as unknown },
    ],
    [
      'share',
      { mid, url: 'https://video.example/v1', title: 'A talk', text: 'see' },
      {
        ...byCustomer,
        message: {
          mid,
          text: 'see',
          attachments: [{ type: 'fallback', payload: { url: 'https://video.example/v1', title: 'A talk' } }],
        },
      },
    ],
    [
      'get_started',
      { mid, ref: 'qr_summer' },
      {
        ...byCustomer,
        postback: {
          mid,
          title: 'Get Started',
          payload: 'GET_STARTED',
          referral: { ref: 'qr_summer', source: 'SHORTLINK', type: 'OPEN_THREAD' },
        },
      },
    ],
    [
      'postback',
      { mid, title: 'Menu', payload: 'MENU' },
      { ...byCustomer, postback: { mid, title: 'Menu', payload: 'MENU' } },
    ],
    ['react', { mid }, { ...byCustomer, reaction: { mid, action: 'react', reaction: 'love', emoji: '❤' } }],
    ['unreact', { mid }, { ...byCustomer, reaction: { mid, action: 'unreact' } }],
    ['edit', { mid, text: 'red' }, { ...byCustomer, message_edit: { mid, text: 'red', num_edit: 1 } }],
    ['unsend', { mid }, { ...byCustomer, message: { mid, is_deleted: true } }],
    [
      'referral',
      { ref: 'shelf_12' },
      { ...byCustomer, referral: { ref: 'shelf_12', source: 'SHORTLINK', type: 'OPEN_THREAD' } },
    ],
    ['optin', { ref: 'cart-9', user_ref: 'chk-5d2' }, { ...byNobody, optin: { ref: 'cart-9', user_ref: 'chk-5d2' } }],
    ['optin', { ref: 'cart-9' }, { ...byCustomer, optin: { ref: 'cart-9' } }],
    [
      'link_account',
      { authorization_code: 'auth-1' },
      { ...byCustomer, account_linking: { status: 'linked', authorization_code: 'auth-1' } },
    ],
    ['unlink_account', {}, { ...byCustomer, account_linking: { status: 'unlinked' } }],
    [
      'inbox_reply',
      { mid, text: 'by hand' },
      { ...byPage, message: { mid, is_echo: true, app_id: 263902037430900, text: 'by hand' } },
    ],
    [
      'app_reply',
      { mid, text: 'by a bot', message: { metadata: 'job:77' } },
      { ...byPage, message: { mid, is_echo: true, app_id: 290000000000002, text: 'by a bot', metadata: 'job:77' } },
    ],
    [
      'request_thread',
      { metadata: 'please' },
      { ...byCustomer, request_thread_control: { requested_owner_app_id: 290000000000002, metadata: 'please' } },
    ],
    [
      'enforce_policy',
      { action: 'warning', reason: 'Too many complaints' },
      { ...byNobody, policy_enforcement: { action: 'warning', reason: 'Too many complaints' } },
    ],
  ])('%s %j', async (name, order, item) => {
    const { status } = await facebook.act(name, order);

    expect(status).toBe(200);
    expect(receiver.items()).toEqual([item]);
  });

  it.each([
    ['dance', {}, 'no act'],
    ['react', {}, 'no message yet'],
    ['location', { lat: 200, long: 0 }, 'lat'],
    ['write', { text: 'hi', smell: 1 }, 'smell'],
  ])('%s %j is refused', async (name, order, complaint) => {
    const { status, body } = await facebook.act(name, order);

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ message: expect.stringContaining(complaint) as unknown });
  });
});
