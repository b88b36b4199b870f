import { eventSchema, type Event } from '#libs/messaging';
import { CONTACT, eventOfFixture, fixtureNames, readFixture } from '../../test/fixtures.js';

const received = (kind: string, unread: boolean, opens: boolean): object => ({
  type: 'message.received',
  source_contact_id: CONTACT,
  payload: {
    content: { type: 'unsupported', unsupported: { kind } },
    counts_as_unread: unread,
    opens_window: opens,
  },
});
const text = (words: string): object => ({
  type: 'message.received',
  payload: { content: { type: 'text', text: words }, counts_as_unread: true, opens_window: true },
});
const echoed = (content: object, sender: 'page' | 'app'): object => ({
  type: 'message.echoed',
  source_contact_id: CONTACT,
  payload: { content, sender_type: sender },
});
const thread = (kind: string): object => ({
  type: 'thread.changed',
  source_contact_id: CONTACT,
  payload: { kind },
});
const reacted = (reaction: object | null): object => ({
  type: 'message.reacted',
  payload: { source_message_id: 'm_e1', reaction, from_contact: true },
});

const EXPECTED: Readonly<Record<string, object>> = {
  'account-linking': received('account_linking', false, false),
  'app-roles': { type: 'thread.changed', conversation_id: null, payload: { kind: 'app_roles' } },
  'app-roles-with-sender': thread('app_roles'),
  'branded-camera': received('branded_camera', true, false),
  'checkout-update': received('checkout_update', false, false),
  'coupon-reveal': received('template', false, true),
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
  'echo-appointment': echoed({ type: 'unsupported', unsupported: { kind: 'appointment_booking' } }, 'page'),
  'echo-template': {
    ...echoed({ type: 'unsupported', unsupported: { kind: 'template' } }, 'app'),
    payload: { app_id: '290000000000001', source_data: { app_id: '290000000000001', metadata: 'job:77' } },
  },
  'echo-text-ours': {
    type: 'message.echoed',
    payload: {
      content: { type: 'text', text: 'It is.' },
      sender_type: 'app',
      app_id: '290000000000001',
      claims: { message_id: '019aa000-0000-7000-8000-000000000001', attempt: 2 },
      source_data: { app_id: '290000000000001', metadata: 'job:77' },
    },
  },
  'echo-text-page-inbox': echoed({ type: 'text', text: 'Hello from the inbox' }, 'page'),
  'echo-text-quick-replies': {
    type: 'message.echoed',
    payload: {
      content: {
        type: 'text',
        text: 'Which size?',
        quick_replies: [{ content_type: 'text', title: 'S', payload: 'SIZE_S' }, { content_type: 'user_email' }],
      },
      reply_to: { source_message_id: 'm_t1' },
    },
  },
  'echo-text-short-inbox-id': echoed({ type: 'text', text: 'As the page prints it' }, 'page'),
  'echo-text-without-app': echoed({ type: 'text', text: 'Somebody at the page' }, 'page'),
  form: received('form', false, true),
  'game-play': { ...received('game_play', false, false), occurred_at: '2025-11-20T00:53:20.136Z' },
  'lead-summary': {
    type: 'message.received',
    occurred_at: '2025-11-20T00:53:20.000Z',
    payload: {
      content: { type: 'text', text: 'Lead summary:\nWhich city?: Lyon' },
      counts_as_unread: false,
      opens_window: true,
      source_data: { hop_context: { app_id: 413038776280800, metadata: 'messenger_lead_gen_complete' } },
    },
  },
  'message-audio': received('audio', true, true),
  'message-edit': {
    type: 'message.edited',
    payload: { source_message_id: 'm_t1', text: 'Is the red one in stock?', edit_number: 1 },
  },
  'message-edit-number-as-text': {
    type: 'message.edited',
    payload: { source_message_id: 'm_t1', text: 'Is the green one in stock?', edit_number: 2 },
  },
  'message-file': received('file', true, true),
  'message-guest': {
    type: 'message.received',
    source_contact_id: 'user_ref:guest-1',
    payload: { source_data: { tags: [{ source: 'customer_chat_plugin' }] } },
  },
  'message-is-deleted': { type: 'message.deleted', payload: { source_message_id: 'aWdf01' } },
  'message-is-unsupported': {
    type: 'message.received',
    payload: {
      content: {
        type: 'unsupported',
        unsupported: { kind: 'is_unsupported', raw: { mid: 'aWdf02', is_unsupported: true } },
      },
      counts_as_unread: true,
    },
  },
  'message-link-bare': received('fallback', true, true),
  'message-link-payload-as-text': received('fallback', true, true),
  'message-link-without-payload': received('fallback', true, true),
  'message-location': {
    type: 'message.received',
    payload: {
      content: {
        unsupported: {
          kind: 'location',
          raw: {
            type: 'location',
            title: "Ana's location",
            url: 'https://maps.example/x',
            payload: { coordinates: { lat: 52.52, long: 13.405 } },
          },
        },
      },
    },
  },
  'message-nlp-errors': {
    type: 'message.received',
    payload: { source_data: { nlp: { errors: [{ code: 100, message: 'n param longer than 1024' }] } } },
  },
  'message-numeric-ids': { type: 'message.received', source_contact_id: '1008372609250235' },
  'message-post': received('post', true, true),
  'message-prior-message': {
    type: 'message.received',
    payload: { source_data: { prior_message: { source: 'checkbox_plugin', identifier: 'chk-5d2' } } },
  },
  'message-product': received('template', true, true),
  'message-product-referral': { type: 'message.received', payload: { referral: { product_id: '9001' } } },
  'message-reel-and-appointment': {
    type: 'message.received',
    payload: {
      content: {
        unsupported: { kind: 'ig_reel', raw: [{ type: 'ig_reel' }, { type: 'appointment_booking' }] },
      },
    },
  },
  'message-request': {
    type: 'message.received',
    payload: { content: { type: 'unsupported', unsupported: { kind: 'message_request', raw: 'accept' } } },
  },
  'message-sticker': received('sticker', true, true),
  'message-sticker-legacy': received('sticker', true, true),
  'message-sticker-without-time': { ...received('sticker', true, true), occurred_at: '2025-11-20T00:53:22.000Z' },
  'message-text': {
    ...text('Is the blue one in stock?'),
    source: 'facebook',
    workspace_id: '019aa000-0000-7000-8000-0000000000a1',
    channel_id: '019aa000-0000-7000-8000-0000000000c1',
    source_contact_id: CONTACT,
    occurred_at: '2025-11-20T00:53:20.001Z',
    received_at: '2025-11-20T00:53:25.000Z',
  },
  'message-text-commands': {
    ...text('flights to Oslo and hotels'),
    payload: { source_data: { commands: [{ name: 'flights' }, { name: 'hotels' }] } },
  },
  'message-text-link': {
    type: 'message.received',
    payload: {
      content: {
        type: 'unsupported',
        text: 'see https://video.example/v1',
        unsupported: {
          kind: 'fallback',
          raw: { type: 'fallback', payload: { url: 'https://l.example/v1', title: 'A talk' } },
        },
      },
    },
  },
  'message-text-nlp': {
    ...text('tomorrow at 4pm'),
    payload: { source_data: { nlp: { entities: { datetime: [{ grain: 'hour' }] } } } },
  },
  'message-text-quick-reply': {
    type: 'message.received',
    payload: { content: { type: 'text', text: 'Blue', quick_reply: { payload: 'COLOR_BLUE' } } },
  },
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
    ...text('this one'),
    payload: { reply_to: { source_message_id: 'm_t1', own: true } },
  },
  'message-text-reply-to-story': {
    type: 'message.received',
    payload: { reply_to: { story: { id: '17900000000000009', url: 'https://lookaside.example/st' } } },
  },
  'message-text-two-images': {
    type: 'message.received',
    payload: { content: { type: 'unsupported', text: 'both of these', unsupported: { kind: 'image' } } },
  },
  'message-unsupported-type': received('unsupported_type', true, true),
  'message-video': received('video', true, true),
  'messaging-customer-information': received('messaging_customer_information', false, false),
  'messaging-feedback': {
    ...received('messaging_feedback', false, false),
    occurred_at: '2025-11-20T00:53:22.000Z',
  },
  'optin-checkbox': { ...received('optin', false, true), source_contact_id: 'user_ref:chk-5d2' },
  'optin-marketing': received('optin', false, false),
  'optin-marketing-stop': received('optin', false, false),
  'optin-one-time': received('optin', false, false),
  'optin-plugin': received('optin', false, true),
  order: received('order', false, true),
  'pass-thread-control': {
    ...thread('pass_thread_control'),
    payload: { data: { previous_owner_app_id: null, new_owner_app_id: '290000000000001', metadata: 'to bot' } },
  },
  payment: received('payment', false, false),
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
      content: { type: 'unsupported', text: 'Get Started', unsupported: { kind: 'postback' } },
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
  'postback-without-mid': received('postback', true, true),
  'pre-checkout': received('pre_checkout', false, false),
  'quick-reply-email': {
    type: 'message.received',
    payload: { content: { type: 'text', text: 'ana@example.org', quick_reply: { payload: 'ana@example.org' } } },
  },
  reaction: reacted({ emoji: '😢', name: 'sad' }),
  'reaction-other': reacted({ emoji: null, name: 'other' }),
  'reaction-spelt-out': reacted({ emoji: '\u2764\uFE0F', name: 'love' }),
  'reaction-unreact': reacted(null),
  'reaction-unreact-with-emoji': reacted(null),
  read: { type: 'message.read', payload: { watermark: '2025-11-20T00:53:20.070Z', source_message_ids: [] } },
  'read-by-mid': { type: 'message.read', payload: { source_message_ids: ['aWdf03'] } },
  'read-seconds': { type: 'message.read', payload: { watermark: '2025-11-20T00:53:20.000Z' } },
  referral: {
    ...received('referral', false, true),
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
  'response-feedback': received('response_feedback', false, false),
  'take-thread-control': thread('take_thread_control'),
  'unheard-of': {
    ...received('brand_new_thing', true, false),
    payload: { content: { unsupported: { raw: { a: 1 } } } },
  },
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
});
