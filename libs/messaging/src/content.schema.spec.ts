import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { contentSchema, outboundContentSchema } from './content.schema.js';

const picture = { type: 'image', image: { url: 'https://cdn.example/1.jpg' } };
const clip = { type: 'video', video: { attachment_id: '77' } };
const reply = { content_type: 'text', title: 'S', payload: 'SIZE_S' };
const place = { type: 'location', location: { latitude: 52.52, longitude: 13.405 } };
const appointment = {
  booking_id: 'b',
  status: 'confirmed',
  starts_at: '2025-11-24T16:00:00.000Z',
  ends_at: '2025-11-24T17:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const raw = { type: 'unsupported', unsupported: { kind: 'hologram', raw: { a: [1] } } };

// wire.md §1, a row of the table each.
const CONTENTS: readonly (readonly [string, object])[] = [
  ['text', { type: 'text', text: '' }],
  ['text with a preview', { type: 'text', text: 'see', share: { kind: 'link', url: 'https://x.example/' } }],
  ['a tap on a quick reply', { type: 'text', text: 'S', quick_reply: { payload: 'SIZE_S' } }],
  ['an image', picture],
  ['audio', { type: 'audio', audio: { url: 'u', name: 'n', mime_type: 'audio/mp4', reusable: true } }],
  ['video', clip],
  ['a file', { type: 'file', file: { url: 'u' }, quick_replies: [reply, { content_type: 'user_email' }] }],
  ['a sticker', { type: 'sticker', sticker: { id: '369239263222822', url: 'u' } }],
  ['a location', { ...place, text: 'here' }],
  ['a share', { type: 'share', share: { kind: 'story_mention' } }],
  ['a template', { type: 'template', template: { type: 'generic', elements: [{ title: 'x' }] } }],
  ['an appointment', { type: 'appointment', appointment }],
  ['a postback', { type: 'postback', text: 'Go', postback: { title: 'Go', payload: 'GO' } }],
  ['an event', { type: 'event', event: { name: 'optin', data: { ref: 'x' } } }],
  ['a tombstone', { type: 'deleted' }],
  ['what nobody knows', raw],
  ['several', { ...place, text: 'both', attachments: [place, raw] }],
];

const NOT_CONTENT: readonly (readonly [string, object])[] = [
  ['an unknown type', { type: 'hologram' }],
  ['a field too much', { ...picture, colour: 'blue' }],
  ['a field of a field too much', { type: 'image', image: { ...picture.image, size: 1 } }],
  ['neither url nor id', { type: 'image', image: { name: 'x' } }],
  ['both url and id', { type: 'image', image: { url: 'u', attachment_id: '1' } }],
  ['a list of one', { ...picture, attachments: [picture] }],
  ['a tap among the attachments', { ...picture, attachments: [picture, { type: 'postback', postback: {} }] }],
  ['an event without data', { type: 'event', event: { name: 'optin' } }],
  ['an event nobody knows', { type: 'event', event: { name: 'party', data: {} } }],
  ['a template nobody knows', { type: 'template', template: { type: 'airline_itinerary' } }],
  ['words of a tombstone', { type: 'deleted', text: 'gone' }],
  [
    'a time without milliseconds',
    { type: 'appointment', appointment: { ...appointment, ends_at: '2025-11-24T17:00:00Z' } },
  ],
];

const SENDABLE: readonly (readonly [string, object])[] = [
  ['text', { type: 'text', text: 'hi', quick_replies: [reply] }],
  ['an image', picture],
  ['audio', { type: 'audio', audio: { attachment_id: '1', reusable: false } }],
  ['a file', { type: 'file', file: { url: 'http://x.example/f', name: 'f.pdf', mime_type: 'application/pdf' } }],
  ['a sticker', { type: 'sticker', sticker: { id: '369239263222822' } }],
  ['a template', { type: 'template', template: { type: 'button', text: 'x', buttons: [] }, quick_replies: [reply] }],
  ['several images', { ...picture, attachments: [picture, picture] }],
  ['several videos, which the source refuses', { ...clip, attachments: [clip, clip] }],
  ['words beside a picture, which the source refuses', { ...picture, text: 'look' }],
];

const NOT_SENDABLE: readonly (readonly [string, object, readonly PropertyKey[]])[] = [
  ['no words', { type: 'text', text: '' }, ['text']],
  ['a preview', { type: 'text', text: 'x', share: { kind: 'link' } }, []],
  ['a tap', { type: 'text', text: 'x', quick_reply: { payload: 'x' } }, []],
  ['a place', place, ['type']],
  ['an address that is none', { type: 'image', image: { url: 'cat.jpg' } }, ['image', 'url']],
  ['an address of another kind', { type: 'image', image: { url: 'file:///etc/passwd' } }, ['image', 'url']],
  ['no address', { type: 'image', image: {} }, ['image']],
  ['two addresses', { type: 'video', video: { url: 'https://x.example/', attachment_id: '1' } }, ['video']],
  ['no template type', { type: 'template', template: { elements: [] } }, ['template', 'type']],
  ['a list of one', { ...picture, attachments: [picture] }, ['attachments']],
  ['a list that begins otherwise', { ...picture, attachments: [clip, picture] }, ['attachments', 0]],
  ['text beside a list', { type: 'text', text: 'x', attachments: [picture, picture] }, []],
];

describe('contentSchema', () => {
  it.each(CONTENTS)('holds %s', (_name, content) => {
    expect(contentSchema.parse(content)).toEqual(content);
  });

  it.each(NOT_CONTENT)('does not hold %s', (_name, content) => {
    expect(contentSchema.safeParse(content).success).toBe(false);
  });

  it('is described by a JSON Schema that agrees', () => {
    const agrees = new Ajv2020({ strict: false, validateFormats: false }).compile(z.toJSONSchema(contentSchema));
    expect(CONTENTS.filter(([, content]) => !agrees(content))).toEqual([]);
    expect(NOT_CONTENT.filter(([, content]) => agrees(content))).toEqual([]);
  });
});

describe('outboundContentSchema', () => {
  it.each(SENDABLE)('takes %s', (_name, content) => {
    expect(outboundContentSchema.parse(content)).toEqual(content);
  });

  it.each(SENDABLE)('takes of %s nothing that is no content', (_name, content) => {
    expect(contentSchema.parse(content)).toEqual(content);
  });

  it('does not mind the order of keys in what is repeated', () => {
    const [first, again] = [
      { name: 'n', url: 'https://cdn.example/1.jpg' },
      { url: 'https://cdn.example/1.jpg', name: 'n' },
    ];
    const content = { type: 'image', image: first, attachments: [{ image: again, type: 'image' }, picture] };
    expect(outboundContentSchema.safeParse(content).error).toBeUndefined();
  });

  it.each(NOT_SENDABLE)('refuses %s, naming the place', (_name, content, path) => {
    expect(outboundContentSchema.safeParse(content).error?.issues).toMatchObject([{ path }]);
  });

  it('is described by a JSON Schema', () => {
    const agrees = new Ajv2020({ strict: false, validateFormats: false }).compile(
      z.toJSONSchema(outboundContentSchema),
    );
    expect(SENDABLE.filter(([, content]) => !agrees(content))).toEqual([]);
  });
});
