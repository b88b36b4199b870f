/** What each sample that becomes a message says, written out from wire.md §1 and the samples themselves. */

const unsupported = (kind: string, raw: unknown): object => ({ type: 'unsupported', unsupported: { kind, raw } });
const event = (name: string, data: object): object => ({ type: 'event', event: { name, data } });
const share = (fields: object): object => ({ type: 'share', share: fields });
const text = (words: string): object => ({ type: 'text', text: words });
const picture = (name: string): object => ({ type: 'image', image: { url: `https://scontent.example/${name}` } });
const sticker = (id: string): object => ({ type: 'sticker', sticker: { id, url: 'https://scontent.example/s.png' } });

const MARKETING = {
  type: 'notification_messages',
  payload: 'news',
  title: 'Updates and promotions',
  notification_messages_token: '5001',
  notification_messages_timezone: 'Europe/Paris',
  token_expiry_timestamp: 1779152000000,
};
const APPOINTMENT = {
  booking_id: 'bk1',
  starts_at: '2025-11-24T16:00:00.000Z',
  ends_at: '2025-11-24T17:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const REEL = { kind: 'reel', url: 'https://reel.example/1', title: 'Autumn', id: '901' };

const ATTACHMENTS: Readonly<Record<string, object>> = {
  'message-audio': { type: 'audio', audio: { url: 'https://scontent.example/a.mp4' } },
  'message-file': { type: 'file', file: { url: 'https://scontent.example/f.pdf' } },
  'message-ig-post': share({ kind: 'post', url: 'https://post.example/2', title: 'Sale', id: '17900000000000020' }),
  'message-ig-share': share({ kind: 'post', url: 'https://post.example/3' }),
  'message-ig-story': share({ kind: 'story', url: 'https://lookaside.example/st2' }),
  'message-image': picture('1.gif'),
  'message-image-and-unsupported-type': {
    ...picture('1.jpg'),
    attachments: [picture('1.jpg'), unsupported('unsupported_type', { type: 'unsupported_type' })],
  },
  'message-is-unsupported': unsupported('is_unsupported', { mid: 'aWdf02', is_unsupported: true }),
  'message-link-bare': share({ kind: 'link', title: 'Gone' }),
  'message-link-empty': unsupported('fallback', { type: 'fallback' }),
  'message-link-payload-as-text': share({ kind: 'link', url: 'https://m.example/o', title: 'Old' }),
  'message-link-without-payload': share({ kind: 'link', url: 'https://m.example/', title: 'Old share' }),
  'message-location': {
    type: 'location',
    location: { latitude: 52.52, longitude: 13.405, title: "Ana's location", url: 'https://maps.example/x' },
  },
  'message-location-without-place': unsupported('location', { type: 'location', title: 'Pinned', payload: null }),
  'message-post': share({
    kind: 'post',
    url: 'https://post.example/1',
    title: 'Autumn',
    id: '108200000000001_7',
  }),
  'message-product': {
    type: 'template',
    template: {
      type: 'product',
      product: {
        elements: [
          {
            id: '9001',
            retailer_id: 'sku-1',
            image_url: 'https://scontent.example/m.jpg',
            title: 'Mug',
            subtitle: '€11.50',
          },
        ],
      },
    },
  },
  'message-reel-and-appointment': {
    ...share(REEL),
    attachments: [share(REEL), { type: 'appointment', appointment: { ...APPOINTMENT, status: 'requested' } }],
  },
  'message-sticker': sticker('369239263222822'),
  'message-sticker-legacy': sticker('369239263222822'),
  'message-sticker-transition': sticker('369239383222810'),
  'message-sticker-without-time': sticker('369239343222814'),
  'message-story-mention': share({ kind: 'story_mention', url: 'https://lookaside.example/st3' }),
  'message-text-link': {
    ...text('see https://video.example/v1'),
    share: { kind: 'link', url: 'https://l.example/v1', title: 'A talk' },
  },
  'message-text-reel': {
    ...share({ kind: 'reel', url: 'https://reel.example/2', title: 'Winter', id: '902' }),
    text: 'like this?',
  },
  'message-text-two-images': {
    ...picture('1.jpg'),
    text: 'both of these',
    attachments: [picture('1.jpg'), picture('2.jpg')],
  },
  'message-unsupported-type': unsupported('unsupported_type', { type: 'unsupported_type' }),
  'message-video': { type: 'video', video: { url: 'https://scontent.example/v.mp4' } },
};

const WORDS: Readonly<Record<string, object>> = {
  'lead-summary': text('Lead summary:\nWhich city?: Lyon'),
  'message-guest': text('hello from the plugin'),
  'message-nlp-errors': text('a very long story'),
  'message-numeric-ids': text('from the old days'),
  'message-prior-message': text('yes please'),
  'message-product-referral': text('this mug?'),
  'message-request': unsupported('message_request', 'accept'),
  'message-text': text('Is the blue one in stock?'),
  'message-text-commands': text('flights to Oslo and hotels'),
  'message-text-nlp': text('tomorrow at 4pm'),
  'message-text-quick-reply': { ...text('Blue'), quick_reply: { payload: 'COLOR_BLUE' } },
  'message-text-referral': text('I saw your ad'),
  'message-text-reply-to': text('this one'),
  'message-text-reply-to-story': text('love it'),
  'quick-reply-email': { ...text('ana@example.org'), quick_reply: { payload: 'ana@example.org' } },
};

const ECHOES: Readonly<Record<string, object>> = {
  'echo-appointment': { type: 'appointment', appointment: { ...APPOINTMENT, status: 'confirmed' } },
  'echo-button-template': {
    type: 'template',
    template: {
      type: 'button',
      text: 'Which one?',
      buttons: [{ type: 'postback', title: 'Blue', payload: 'BLUE' }],
    },
  },
  'echo-file': { type: 'file', file: { url: 'https://scontent.example/invoice.pdf' } },
  'echo-images': { ...picture('1.jpg'), attachments: [picture('1.jpg'), picture('2.jpg')] },
  'echo-sticker': sticker('369239263222822'),
  'echo-template': {
    type: 'template',
    template: { type: 'media', elements: [{ media_type: 'image', attachment_id: 2457000000000001 }] },
  },
  'echo-text-link': {
    ...text('https://shop.example/p'),
    share: { kind: 'link', url: 'https://l.example/p', title: 'The shop' },
  },
  'echo-text-ours': text('It is.'),
  'echo-text-page-inbox': text('Hello from the inbox'),
  'echo-text-quick-replies': {
    ...text('Which size?'),
    quick_replies: [{ content_type: 'text', title: 'S', payload: 'SIZE_S' }, { content_type: 'user_email' }],
  },
  'echo-text-short-inbox-id': text('As the page prints it'),
  'echo-text-without-app': text('Somebody at the page'),
  'echo-unheard-of-template': unsupported('template', {
    title: '',
    type: 'template',
    payload: { template_type: 'list', elements: [{ title: 'A' }, { title: 'B' }] },
  }),
};

const HAPPENINGS: Readonly<Record<string, object>> = {
  'account-linking': event('account_link', { status: 'linked', authorization_code: 'auth-1' }),
  'branded-camera': unsupported('branded_camera', { content_ids: ['77'], event: 'dismiss' }),
  'checkout-update': event('checkout_update', {
    payload: 'o1',
    shipping_address: { id: 10, country: 'FR', city: 'Lyon' },
  }),
  'coupon-reveal': event('coupon_reveal', { type: 'coupon', payload: 'autumn', coupon_code: 'TEN' }),
  form: event('form', { id: '445500000000001' }),
  'game-play': event('game_play', {
    game_id: 'g1',
    player_id: 'p1',
    context_type: 'SOLO',
    context_id: 'c1',
    score: 100,
  }),
  'messaging-customer-information': event('customer_information', {
    screens: [
      {
        screen_id: 'Add address',
        responses: [
          { key: 'country', value: 'FR' },
          { key: 'postal_code', value: '69001' },
        ],
      },
    ],
  }),
  'messaging-feedback': event('feedback', {
    feedback_screens: [
      {
        screen_id: 0,
        questions: {
          q_1: { type: 'csat', payload: '4', follow_up: { type: 'free_form', payload: 'quick help' } },
        },
      },
    ],
  }),
  'optin-checkbox': event('optin', { ref: 'cart-9', user_ref: 'chk-5d2' }),
  'optin-marketing': event('optin', { ...MARKETING, user_token_status: 'REFRESHED' }),
  'optin-marketing-stop': event('optin', {
    ...MARKETING,
    user_token_status: 'NOT_REFRESHED',
    notification_messages_status: 'STOP NOTIFICATIONS',
  }),
  'optin-one-time': event('optin', {
    type: 'one_time_notif_req',
    payload: 'restock',
    one_time_notif_token: 'otn_1',
  }),
  'optin-plugin': event('optin', { ref: 'landing-4' }),
  order: event('order', {
    products: [{ id: 9001, retailer_id: 'sku-1', name: 'Mug', unit_price: 11.5, currency: 'EUR', quantity: 2 }],
    note: 'gift',
  }),
  payment: event('payment', {
    payload: 'o1',
    requested_user_info: { contact_email: 'a@example.org' },
    payment_credential: { provider_type: 'stripe', charge_id: 'ch_1' },
    amount: { currency: 'USD', amount: 29.62 },
  }),
  postback: { type: 'postback', text: 'Get Started', postback: { title: 'Get Started', payload: 'GET_STARTED' } },
  'postback-guest': { type: 'postback', postback: { payload: 'hey' } },
  'postback-time-as-text': { type: 'postback', text: 'Menü', postback: { title: 'Menü', payload: 'MENU' } },
  'postback-without-mid': {
    type: 'postback',
    text: 'Get Started',
    postback: { title: 'Get Started', payload: 'GET_STARTED' },
  },
  'pre-checkout': event('pre_checkout', {
    payload: 'o1',
    requested_user_info: { contact_name: 'Ana' },
    amount: { currency: 'USD', amount: '2.70' },
  }),
  referral: event('referral', { ref: 'shelf_12', source: 'SHORTLINK', type: 'OPEN_THREAD' }),
  'referral-lead': event('referral', {
    source: 'ADS',
    type: 'LEAD_COMPLETE',
    ad_id: '6302000000001',
    ads_context_data: { ad_title: 'Resellers', post_id: '559000000000001' },
  }),
  'response-feedback': event('response_feedback', { feedback: 'Good response', mid: 'm_e1' }),
  'standby-postback': { type: 'postback', text: 'Talk to us', postback: { title: 'Talk to us' } },
  'template-unheard-of': unsupported('template', { type: 'hologram' }),
  'unheard-of': unsupported('brand_new_thing', { a: 1 }),
};

export const CONTENTS: Readonly<Record<string, object>> = { ...ATTACHMENTS, ...WORDS, ...ECHOES, ...HAPPENINGS };
