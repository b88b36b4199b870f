/** The simulator's own table of Facebook's limits. */

/** Exclusive. https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export const TEXT_BELOW = 2_000;
export const METADATA_BELOW = 1_000;

/** Inclusive. https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies */
export const QUICK_REPLIES_MAX = 13;
export const QUICK_REPLY_TITLE_MAX = 20;
export const PAYLOAD_MAX = 1_000;

/** https://developers.facebook.com/docs/messenger-platform/send-messages/templates */
export const BUTTONS_MAX = 3;
export const BUTTON_TITLE_MAX = 20;
export const BUTTON_TEXT_MAX = 640;
export const GENERIC_ELEMENTS_MAX = 10;
export const ELEMENT_TITLE_MAX = 80;
export const ELEMENT_SUBTITLE_MAX = 80;
export const PRODUCT_ELEMENTS_MAX = 10;
export const RECEIPT_ELEMENTS_MAX = 100;

const HOUR_MS = 3_600_000;
/** https://developers.facebook.com/docs/messenger-platform/policy/policy-overview */
export const STANDARD_WINDOW_MS = 24 * HOUR_MS;
export const TAG_WINDOW_MS = 7 * 24 * HOUR_MS;

export const MESSAGING_TYPES: ReadonlySet<string> = new Set(['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY']);
export const TAGS: ReadonlySet<string> = new Set(['HUMAN_AGENT', 'CUSTOMER_FEEDBACK', 'NON_PROMOTIONAL_SUBSCRIPTION']);
/** Refused since 2026-04-27. */
export const RETIRED_TAGS: ReadonlySet<string> = new Set([
  'CONFIRMED_EVENT_UPDATE',
  'ACCOUNT_UPDATE',
  'POST_PURCHASE_UPDATE',
]);

export const SENDER_ACTIONS: ReadonlySet<string> = new Set([
  'typing_on',
  'typing_off',
  'mark_seen',
  'react',
  'unreact',
]);

export const RECIPIENT_KEYS: readonly string[] = [
  'id',
  'user_ref',
  'comment_id',
  'post_id',
  'notification_messages_token',
  'one_time_notif_token',
  'phone_number',
];

export const TEMPLATE_TYPES: ReadonlySet<string> = new Set([
  'generic',
  'button',
  'media',
  'receipt',
  'product',
  'coupon',
  'customer_feedback',
  'customer_information',
  'image_grid',
  'instant_form',
  'notification_messages',
  'one_time_notif_req',
]);

export const FEEDBACK = { titleMax: 65, daysMax: 7 } as const;
export const GRID = { imagesMin: 2, imagesMax: 6, titleMax: 45 } as const;

/** https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api */
export const PROFILE = {
  greetingMax: 160,
  iceBreakersMax: 4,
  domainsMax: 50,
  commandsMax: 100,
  menuItemsMax: 20,
  menuTitleMax: 30,
} as const;
