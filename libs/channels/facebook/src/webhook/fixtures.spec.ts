import { eventSchema, type Event } from '#libs/messaging';
import { CONTENTS } from '../../test/contents.js';
import { CONTACT, eventOfFixture, fixtureNames, readFixture } from '../../test/fixtures.js';

const received = (unread: boolean, opens: boolean): object => ({
  type: 'message.received',
  source_contact_id: CONTACT,
  payload: { counts_as_unread: unread, opens_window: opens },
});
const fromInstagram = { type: 'message.received', source_contact_id: '7800000000000021' };
const echoed = (sender: 'page' | 'app'): object => ({
  type: 'message.echoed',
  source_contact_id: CONTACT,
  payload: { sender_type: sender },
});
const thread = (kind: string): object => ({
  type: 'thread.changed',
  source_contact_id: CONTACT,
  payload: { kind },
});
const reacted = (reaction: object | null): object => ({
  type: 'message.reacted',
  payload: { source_message_id: 'm_e1', reaction, from_contact: true, opens_window: reaction !== null },
});

const EXPECTED: Readonly<Record<string, object>> = {
  'account-linking': received(false, false),
  'app-roles': { type: 'thread.changed', conversation_id: null, payload: { kind: 'app_roles' } },
  'app-roles-with-sender': thread('app_roles'),
  'branded-camera': received(true, false),
  'checkout-update': received(false, false),
  'coupon-reveal': received(false, true),
  delivery: {
    type: 'message.delivered',
    occurred_at: '2025-11-20T00:53:20.070Z',
    payload: { watermark: '2025-11-20T00:53:20.070Z', source_message_ids: [] },
  },
  'delivery-mids': {
    type: 'message.delivered',
    occurred_at: '2025-11-20T00:53:20.071Z',
    payload: { watermark: '2025-11-20T00:53:20.071Z', source_message_ids: ['m_e1', 'm_e2'] },
  },
  'echo-appointment': echoed('page'),
  'echo-button-template': echoed('app'),
  'echo-file': echoed('app'),
  'echo-images': echoed('app'),
  'echo-sticker': echoed('app'),
  'echo-template': {
    ...echoed('app'),
    payload: { app_id: '290000000000001', source_data: { app_id: '290000000000001', metadata: 'job:77' } },
  },
  'echo-text-link': echoed('app'),
  'echo-text-ours': {
    type: 'message.echoed',
    payload: {
      sender_type: 'app',
      app_id: '290000000000001',
      claims: { message_id: '019aa000-0000-7000-8000-000000000001', attempt: 2 },
      source_data: { app_id: '290000000000001', metadata: 'job:77' },
    },
  },
  'echo-text-page-inbox': echoed('page'),
  'echo-text-quick-replies': { type: 'message.echoed', payload: { reply_to: { source_message_id: 'm_t1' } } },
  'echo-text-short-inbox-id': echoed('page'),
  'echo-text-without-app': echoed('page'),
  'echo-unheard-of-template': echoed('app'),
  form: received(false, true),
  'game-play': { ...received(false, false), occurred_at: '2025-11-20T00:53:20.136Z' },
  'lead-summary': {
    type: 'message.received',
    occurred_at: '2025-11-20T00:53:20.000Z',
    payload: {
      counts_as_unread: false,
      opens_window: true,
      source_data: { hop_context: { app_id: 413038776280800, metadata: 'messenger_lead_gen_complete' } },
    },
  },
  'message-audio': received(true, true),
  'message-edit': {
    type: 'message.edited',
    payload: { source_message_id: 'm_t1', text: 'Is the red one in stock?', edit_number: 1 },
  },
  'message-edit-number-as-text': {
    type: 'message.edited',
    payload: { source_message_id: 'm_t1', text: 'Is the green one in stock?', edit_number: 2 },
  },
  'message-file': received(true, true),
  'message-guest': {
    type: 'message.received',
    source_contact_id: 'user_ref:guest-1',
    payload: { source_data: { tags: [{ source: 'customer_chat_plugin' }] } },
  },
  'message-ig-post': fromInstagram,
  'message-ig-share': fromInstagram,
  'message-ig-story': fromInstagram,
  'message-image': received(true, true),
  'message-image-and-unsupported-type': received(true, true),
  'message-is-deleted': { type: 'message.deleted', payload: { source_message_id: 'aWdf01' } },
  'message-is-unsupported': { ...fromInstagram, payload: { counts_as_unread: true, opens_window: true } },
  'message-link-bare': received(true, true),
  'message-link-empty': received(true, true),
  'message-link-payload-as-text': received(true, true),
  'message-link-without-payload': received(true, true),
  'message-location': received(true, true),
  'message-location-without-place': received(true, true),
  'message-nlp-errors': {
    type: 'message.received',
    payload: { source_data: { nlp: { errors: [{ code: 100, message: 'n param longer than 1024' }] } } },
  },
  'message-numeric-ids': { type: 'message.received', source_contact_id: '1008372609250235' },
  'message-post': received(true, true),
  'message-prior-message': {
    type: 'message.received',
    payload: { source_data: { prior_message: { source: 'checkbox_plugin', identifier: 'chk-5d2' } } },
  },
  'message-product': received(true, true),
  'message-product-referral': { type: 'message.received', payload: { referral: { product_id: '9001' } } },
  'message-reel-and-appointment': received(true, true),
  'message-request': received(true, false),
  'message-sticker': received(true, true),
  'message-sticker-legacy': received(true, true),
  'message-sticker-transition': received(true, true),
  'message-sticker-without-time': { ...received(true, true), occurred_at: '2025-11-20T00:53:22.000Z' },
  'message-story-mention': fromInstagram,
  'message-text': {
    ...received(true, true),
    source: 'facebook',
    workspace_id: '019aa000-0000-7000-8000-0000000000a1',
    channel_id: '019aa000-0000-7000-8000-0000000000c1',
    source_contact_id: CONTACT,
    occurred_at: '2025-11-20T00:53:20.001Z',
    received_at: '2025-11-20T00:53:25.000Z',
  },
  'message-text-commands': {
    ...received(true, true),
    payload: { source_data: { commands: [{ name: 'flights' }, { name: 'hotels' }] } },
  },
  'message-text-link': received(true, true),
  'message-text-nlp': {
    ...received(true, true),
    payload: { source_data: { nlp: { entities: { datetime: [{ grain: 'hour' }] } } } },
  },
  'message-text-quick-reply': received(true, true),
  'message-text-reel': received(true, true),
  'message-text-referral': {
    type: 'message.received',
    payload: {
      referral: {
        ad_id: '2386000000001',
        source: 'ADS',
        type: 'OPEN_THREAD',
        ads_context: {
          ad_title: 'Winter sale',
          post_id: '559000000000001',
          photo_url: 'https://scontent.example/ad.jpg',
          flow_id: 'fl_1',
        },
      },
    },
  },
  'message-text-reply-to': {
    ...received(true, true),
    payload: { reply_to: { source_message_id: 'm_t1', own: true } },
  },
  'message-text-reply-to-story': {
    type: 'message.received',
    payload: { reply_to: { story: { id: '17900000000000009', url: 'https://lookaside.example/st' } } },
  },
  'message-text-two-images': received(true, true),
  'message-unsupported-type': received(true, true),
  'message-video': received(true, true),
  'messaging-customer-information': received(false, false),
  'messaging-feedback': {
    ...received(false, false),
    occurred_at: '2025-11-20T00:53:22.000Z',
  },
  'optin-checkbox': { ...received(false, true), source_contact_id: 'user_ref:chk-5d2' },
  'optin-marketing': received(false, false),
  'optin-marketing-stop': received(false, false),
  'optin-one-time': received(false, false),
  'optin-plugin': received(false, true),
  order: received(false, true),
  'pass-thread-control': {
    ...thread('pass_thread_control'),
    payload: { data: { previous_owner_app_id: null, new_owner_app_id: '290000000000001', metadata: 'to bot' } },
  },
  payment: received(false, false),
  'policy-enforcement': {
    type: 'channel.policy',
    conversation_id: null,
    source_contact_id: null,
    payload: { kind: 'policy_enforcement', data: { action: 'warning', reason: 'Too many complaints' } },
  },
  'policy-enforcement-hyphen': {
    type: 'channel.policy',
    payload: { kind: 'policy_enforcement', data: { action: 'unblock' } },
  },
  postback: {
    type: 'message.received',
    payload: {
      source_message_id: 'm_p1',
      referral: { ref: 'qr_summer', source: 'SHORTLINK', type: 'OPEN_THREAD' },
      counts_as_unread: true,
      opens_window: true,
    },
  },
  'postback-guest': {
    type: 'message.received',
    source_contact_id: 'user_ref:guest-1',
    payload: { referral: { guest: true, referer_url: 'https://shop.example/p', source: 'CUSTOMER_CHAT_PLUGIN' } },
  },
  'postback-time-as-text': { type: 'message.received', occurred_at: '2025-11-20T00:53:20.000Z' },
  'postback-without-mid': received(true, true),
  'pre-checkout': received(false, false),
  'quick-reply-email': received(true, true),
  reaction: reacted({ emoji: '😢', name: 'sad' }),
  'reaction-other': reacted({ emoji: null, name: 'other' }),
  'reaction-spelt-out': reacted({ emoji: '\u2764\uFE0F', name: 'love' }),
  'reaction-unreact': reacted(null),
  'reaction-unreact-with-emoji': reacted(null),
  read: { type: 'message.read', payload: { watermark: '2025-11-20T00:53:20.070Z', source_message_ids: [] } },
  'read-by-mid': { type: 'message.read', payload: { source_message_ids: ['aWdf03'] } },
  'read-seconds': { type: 'message.read', payload: { watermark: '2025-11-20T00:53:20.000Z' } },
  referral: {
    ...received(false, true),
    payload: { referral: { ref: 'shelf_12', source: 'SHORTLINK', type: 'OPEN_THREAD' } },
  },
  'referral-lead': {
    type: 'message.received',
    payload: {
      referral: { type: 'LEAD_COMPLETE', ad_id: '6302000000001' },
      source_data: { lead: { data: [{ question: 'Which city?', answer: 'Lyon' }] } },
    },
  },
  'request-thread-control': thread('request_thread_control'),
  'response-feedback': received(false, false),
  'standby-postback': { ...received(true, true), payload: { source_message_id: 'm_p2', opens_window: true } },
  'take-thread-control': thread('take_thread_control'),
  'template-unheard-of': received(true, true),
  'unheard-of': received(true, false),
};

describe('every sample of the channel', () => {
  it('is listed here', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(fixtureNames('items').sort());
  });

  it.each(Object.entries(EXPECTED))('%s becomes what it means', (name, expected) => {
    expect(eventOfFixture(name)).toMatchObject(expected);
  });

  it.each(Object.keys(EXPECTED))('%s becomes a canonical event with its own words', (name) => {
    const event: Event = eventOfFixture(name);
    expect(eventSchema.parse(event)).toEqual(event);
    expect(event.raw).toBe(readFixture('items', name));
  });

  it.each(Object.entries(CONTENTS))('%s says what it says, and nothing more', (name, content) => {
    expect(eventOfFixture(name).payload).toHaveProperty('content', content);
  });

  it('has its content listed when it has one', () => {
    const withContent = fixtureNames('items').filter((name) => 'content' in eventOfFixture(name).payload);
    expect(Object.keys(CONTENTS).sort()).toEqual(withContent.sort());
  });
});
