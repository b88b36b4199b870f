import { eventSchema } from '#libs/messaging';
import fc from 'fast-check';
import { channel, itemsOf, PAGE, RECEIVED_AT } from '../../test/fixtures.js';
import { normalise } from './normalise.js';
import { readBody } from './read-body.js';

const KINDS = [
  'message',
  'postback',
  'message_edit',
  'delivery',
  'read',
  'reaction',
  'optin',
  'referral',
  'app_roles',
  'policy-enforcement',
  'template',
  'order',
  '__proto__',
  'constructor',
];
const KEYS = [
  'mid',
  'mids',
  'text',
  'is_echo',
  'is_deleted',
  'app_id',
  'metadata',
  'attachments',
  'attachment',
  'type',
  'payload',
  'quick_reply',
  'quick_replies',
  'content_type',
  'title',
  'referral',
  'ref',
  'reply_to',
  'story',
  'watermark',
  'num_edit',
  'action',
  'emoji',
  'user_ref',
  'sticker_id',
  'template',
  'product',
  'id',
  'nlp',
  'url',
  'attachment_id',
  'is_reusable',
  'coordinates',
  'lat',
  'long',
  'template_type',
  'elements',
  'booking_id',
  'status',
  'start_time',
  'end_time',
  'timezone',
  'reel_video_id',
  'feedback_screens',
  '__proto__',
];
const ATTACHMENTS = [
  'image',
  'audio',
  'video',
  'file',
  'sticker',
  'location',
  'fallback',
  'template',
  'share',
  'story_mention',
  'ig_reel',
  'post',
  'ig_story',
  'appointment_booking',
  'unsupported_type',
  '__proto__',
];
/** Half of them good, so that the readers get beyond their first question. */
const GOOD = {
  url: 'https://x.example/1',
  sticker_id: 369239263222822,
  coordinates: { lat: 1, long: 2 },
  template_type: 'button',
  booking_id: 'b',
  status: 'requested',
  start_time: 1764000000,
  end_time: 1764003600,
  timezone: 'Europe/Berlin',
};

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    null,
    true,
    false,
    1763600000001,
    1763600000,
    '1763600000',
    'react',
    'unreact',
    'image',
    'text',
    PAGE,
    '\\u{110000}',
    '\\u{2764}',
    '\ud800',
    '\u0000',
    10820000000000123n.toString(),
  ),
);
const { value: inner } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
}));
const attachment = fc.record(
  {
    type: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ATTACHMENTS) }, inner),
    payload: fc.oneof(
      inner,
      fc
        .tuple(fc.dictionary(fc.constantFrom(...KEYS), inner, { maxKeys: 3 }), fc.subarray(Object.keys(GOOD)))
        .map(([wild, kept]) => ({
          ...wild,
          ...Object.fromEntries(Object.entries(GOOD).filter(([key]) => kept.includes(key))),
        })),
    ),
    title: inner,
    url: inner,
  },
  { requiredKeys: [] },
);
const party = fc.oneof(fc.record({ id: fc.oneof(fc.constant(PAGE), leaf) }), fc.record({ user_ref: leaf }), inner);
const item = fc.oneof(
  inner,
  fc
    .record(
      {
        sender: party,
        recipient: party,
        timestamp: leaf,
        kinds: fc.dictionary(fc.constantFrom(...KINDS), inner, { minKeys: 1, maxKeys: 2 }),
      },
      { requiredKeys: ['kinds'] },
    )
    .map(({ kinds, ...envelope }) => ({ ...envelope, ...kinds })),
);

describe('what comes in', () => {
  it('may hold any attachments beside any text', () => {
    const told = fc.record(
      { text: inner, sticker_id: inner, is_echo: fc.boolean(), attachments: fc.array(attachment, { minLength: 1 }) },
      { requiredKeys: ['attachments'] },
    );
    fc.assert(
      fc.property(told, (message) => {
        const value = { sender: { id: '7' }, recipient: { id: '8' }, timestamp: 1763600000001, message };
        const events = itemsOf([JSON.stringify(value)]).map((read) => normalise(read, channel, RECEIVED_AT));
        expect(events.map((event) => eventSchema.safeParse(event).error)).toEqual([undefined]);
      }),
      { numRuns: 500 },
    );
  });

  it('may be any JSON in any lane and becomes a canonical event', () => {
    fc.assert(
      fc.property(item, fc.constantFrom('messaging', 'standby', 'changes', 'changed_fields', 'new'), (value, lane) => {
        const events = itemsOf([JSON.stringify(value)], lane).map((read) => normalise(read, channel, RECEIVED_AT));
        expect(events.map((event) => eventSchema.safeParse(event).error)).toEqual([undefined]);
      }),
      { numRuns: 400 },
    );
  });

  it('may be any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { items, rejects } = readBody(Buffer.from(bytes));
        expect(items.length + rejects.length).toBe(1);
      }),
    );
  });

  it('may be any JSON in the place of a body or an entry', () => {
    fc.assert(
      fc.property(
        inner,
        fc.constantFrom(
          '%',
          '{"object":"page","entry":%}',
          '{"object":"page","entry":[%]}',
          '{"object":"page","entry":[{"id":"1","messaging":%}]}',
        ),
        (value, frame) => {
          const { items, rejects } = readBody(Buffer.from(frame.replace('%', () => JSON.stringify(value))));
          expect([...items, ...rejects].every(({ raw }) => !raw.includes('\0'))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
