/**
 * Every type of content that a contact may send, as Messenger says it and as Parley shows it.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages
 */
export interface InboundSample {
  readonly name: string;
  /** What lies in the item beside sender, recipient and timestamp. */
  readonly item: Readonly<Record<string, unknown>>;
  readonly content: object;
}

const picture = { type: 'image', image: { url: 'https://scontent.example/1.jpg' } };
const clip = { type: 'video', video: { url: 'https://scontent.example/v.mp4' } };
const sentPicture = { type: 'image', payload: { url: 'https://scontent.example/1.jpg' } };
const sentClip = { type: 'video', payload: { url: 'https://scontent.example/v.mp4' } };
const hologram = { type: 'hologram', payload: { depth: 3 } };

function message(name: string, fields: object, content: object): InboundSample {
  return { name, item: { message: { mid: `m_in_${name}`, ...fields } }, content };
}

function attached(name: string, attachments: readonly object[], content: object): InboundSample {
  return message(name, { attachments }, content);
}

function shared(type: string, payload: object, share: object): InboundSample {
  return attached(type, [{ type, payload }], { type: 'share', share });
}

function event(kind: string, name: string, data: object): InboundSample {
  return { name: `${kind}, an event`, item: { [kind]: data }, content: { type: 'event', event: { name, data } } };
}

export const INBOUND: readonly InboundSample[] = [
  message('text', { text: 'Grüß dich 👋' }, { type: 'text', text: 'Grüß dich 👋' }),
  message(
    'tap',
    { text: 'Blue', quick_reply: { payload: 'BLUE' } },
    { type: 'text', text: 'Blue', quick_reply: { payload: 'BLUE' } },
  ),
  message(
    'link',
    { text: 'see', attachments: [{ type: 'fallback', payload: { url: 'https://l.example/v1', title: 'A talk' } }] },
    { type: 'text', text: 'see', share: { kind: 'link', url: 'https://l.example/v1', title: 'A talk' } },
  ),
  attached('image', [sentPicture], picture),
  attached('audio', [{ type: 'audio', payload: { url: 'https://scontent.example/a.mp4' } }], {
    type: 'audio',
    audio: { url: 'https://scontent.example/a.mp4' },
  }),
  attached('video', [sentClip], clip),
  attached('file', [{ type: 'file', payload: { url: 'https://scontent.example/f.pdf' } }], {
    type: 'file',
    file: { url: 'https://scontent.example/f.pdf' },
  }),
  message(
    'several',
    { text: 'all of it', attachments: [sentPicture, sentClip, hologram] },
    {
      ...picture,
      text: 'all of it',
      attachments: [picture, clip, { type: 'unsupported', unsupported: { kind: 'hologram', raw: hologram } }],
    },
  ),
  attached('sticker', [{ type: 'sticker', payload: { url: 'https://s.example/1', sticker_id: 369239263222822 } }], {
    type: 'sticker',
    sticker: { id: '369239263222822', url: 'https://s.example/1' },
  }),
  message(
    'sticker-of-old',
    { sticker_id: 369239263222822, attachments: [{ type: 'image', payload: { url: 'https://s.example/1' } }] },
    { type: 'sticker', sticker: { id: '369239263222822', url: 'https://s.example/1' } },
  ),
  attached('location', [{ type: 'location', title: 'Here', payload: { coordinates: { lat: 52.52, long: -13.405 } } }], {
    type: 'location',
    location: { latitude: 52.52, longitude: -13.405, title: 'Here' },
  }),
  shared(
    'fallback',
    { url: 'https://l.example/2', title: 'Two' },
    { kind: 'link', url: 'https://l.example/2', title: 'Two' },
  ),
  shared(
    'post',
    { url: 'https://p.example/1', id: '108_7' },
    { kind: 'post', url: 'https://p.example/1', id: '108_7' },
  ),
  shared(
    'reel',
    { url: 'https://r.example/1', reel_video_id: 901 },
    { kind: 'reel', url: 'https://r.example/1', id: '901' },
  ),
  shared('ig_story', { url: 'https://st.example/1' }, { kind: 'story', url: 'https://st.example/1' }),
  shared('story_mention', { url: 'https://st.example/2' }, { kind: 'story_mention', url: 'https://st.example/2' }),
  attached('product', [{ type: 'template', payload: { product: { elements: [{ id: '9001', title: 'Mug' }] } } }], {
    type: 'template',
    template: { type: 'product', product: { elements: [{ id: '9001', title: 'Mug' }] } },
  }),
  attached(
    'appointment',
    [
      {
        type: 'appointment_booking',
        payload: {
          booking_id: 'bk1',
          status: 'requested',
          start_time: 1764000000,
          end_time: 1764003600,
          timezone: 'Europe/Berlin',
        },
      },
    ],
    {
      type: 'appointment',
      appointment: {
        booking_id: 'bk1',
        status: 'requested',
        starts_at: '2025-11-24T16:00:00.000Z',
        ends_at: '2025-11-24T17:00:00.000Z',
        timezone: 'Europe/Berlin',
      },
    },
  ),
  {
    name: 'postback',
    item: { postback: { mid: 'm_in_postback', title: 'Get Started', payload: 'GET_STARTED' } },
    content: { type: 'postback', text: 'Get Started', postback: { title: 'Get Started', payload: 'GET_STARTED' } },
  },
  {
    name: 'postback without mid and payload',
    item: { postback: { title: 'Talk to us' } },
    content: { type: 'postback', text: 'Talk to us', postback: { title: 'Talk to us' } },
  },
  event('referral', 'referral', { ref: 'shelf_12', source: 'SHORTLINK', type: 'OPEN_THREAD' }),
  event('optin', 'optin', { ref: 'landing-4' }),
  event('account_linking', 'account_link', { status: 'linked', authorization_code: 'auth-1' }),
  event('messaging_feedback', 'feedback', {
    feedback_screens: [{ screen_id: 0, questions: { q_1: { payload: '4' } } }],
  }),
  event('messaging_customer_information', 'customer_information', { screens: [{ screen_id: 'a', responses: [] }] }),
  event('response_feedback', 'response_feedback', { feedback: 'Good response', mid: 'm_e1' }),
  event('order', 'order', { products: [{ id: 9001, quantity: 2 }], note: 'gift' }),
  event('template', 'coupon_reveal', { type: 'coupon', payload: 'autumn', coupon_code: 'TEN' }),
  event('form', 'form', { id: '445500000000001' }),
  event('game_play', 'game_play', { game_id: 'g1', score: 100 }),
  event('payment', 'payment', { payload: 'o1', amount: { currency: 'USD', amount: 29.62 } }),
  event('pre_checkout', 'pre_checkout', { payload: 'o1', amount: { currency: 'USD', amount: '2.70' } }),
  event('checkout_update', 'checkout_update', { payload: 'o1', shipping_address: { id: 10 } }),
  message(
    'is_unsupported',
    { is_unsupported: true },
    {
      type: 'unsupported',
      unsupported: { kind: 'is_unsupported', raw: { mid: 'm_in_is_unsupported', is_unsupported: true } },
    },
  ),
  {
    name: 'a kind that nobody has heard of',
    item: { brand_new_thing: { a: 1 } },
    content: { type: 'unsupported', unsupported: { kind: 'brand_new_thing', raw: { a: 1 } } },
  },
];
