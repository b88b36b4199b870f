import { outboundContentSchema, templateTypes, type OutboundContent } from '#libs/messaging';
import fc from 'fast-check';
import { contentOf } from './content-of.js';
import { refusalOf } from './refusal-of.js';
import { renderMessage } from './render-message.js';

const url = 'https://cdn.example/1';
const picture = { type: 'image', image: { url } } as const;
const clip = { type: 'video', video: { attachment_id: '77' } } as const;
const button = { type: 'postback', title: 'Blue', payload: 'BLUE' };

/** What Messenger has a place for. */
const carried = (content: OutboundContent): unknown =>
  JSON.parse(JSON.stringify(content), (key, value: unknown) =>
    ['name', 'mime_type'].includes(key) ? undefined : value,
  );

const word = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
const quickReplies = fc.array(
  fc.oneof(
    fc.record({ content_type: fc.constant('text'), title: word, payload: word }),
    fc.record({ content_type: fc.constant('text'), image_url: fc.webUrl() }),
    fc.record({ content_type: fc.constantFrom('user_phone_number', 'user_email') }),
  ),
  { minLength: 1, maxLength: 3 },
);
const file = fc
  .tuple(
    fc.oneof(fc.record({ url: fc.webUrl() }), fc.record({ attachment_id: fc.stringMatching(/^[1-9]\d{0,15}$/) })),
    fc.record({ name: word, mime_type: word, reusable: fc.boolean() }, { requiredKeys: [] }),
  )
  .map(([address, about]) => ({ ...address, ...about }));
// -0 is none that could come in
const jsonValue = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const fields = fc.dictionary(fc.constantFrom('text', 'elements', 'components', 'language', 'title'), jsonValue);
const template = fc
  .tuple(fc.constantFrom(...templateTypes), fields)
  .map(([type, own]) => ({ type: 'template', template: { ...own, type } }));
const media = fc
  .tuple(fc.constantFrom('image', 'audio', 'video', 'file'), file)
  .map(([type, held]) => ({ type, [type]: held }));
const several = fc
  .array(fc.record({ type: fc.constant('image'), image: file }), { minLength: 2, maxLength: 4 })
  .map((attachments) => ({ ...attachments[0], attachments }));
const sticker = fc.record({
  type: fc.constant('sticker'),
  sticker: fc.record({ id: fc.stringMatching(/^[1-9]\d{0,15}$/) }),
});
const said = fc.oneof(fc.record({ type: fc.constant('text'), text: word }), media, several, sticker, template);
const content = fc
  .tuple(said, fc.record({ quick_replies: quickReplies }, { requiredKeys: [] }))
  .map(([what, taps]) => outboundContentSchema.parse({ ...what, ...taps }));

describe('renderMessage', () => {
  it.each<[OutboundContent, string]>([
    [
      {
        type: 'text',
        text: 'Which size?',
        quick_replies: [{ content_type: 'text', title: 'S', payload: 'SIZE_S' }, { content_type: 'user_email' }],
      },
      '{"text":"Which size?","quick_replies":[{"content_type":"text","title":"S","payload":"SIZE_S"},{"content_type":"user_email"}]}',
    ],
    [{ type: 'text', text: 'hi', quick_replies: [] }, '{"text":"hi"}'],
    [
      { type: 'image', image: { url, reusable: true, name: 'cat', mime_type: 'image/jpeg' } },
      '{"attachment":{"type":"image","payload":{"url":"https://cdn.example/1","is_reusable":true}}}',
    ],
    [
      { type: 'audio', audio: { attachment_id: '5' }, quick_replies: [{ content_type: 'user_email' }] },
      '{"attachment":{"type":"audio","payload":{"attachment_id":"5"}},"quick_replies":[{"content_type":"user_email"}]}',
    ],
    [clip, '{"attachment":{"type":"video","payload":{"attachment_id":"77"}}}'],
    [{ type: 'file', file: { url } }, '{"attachment":{"type":"file","payload":{"url":"https://cdn.example/1"}}}'],
    [{ type: 'sticker', sticker: { id: '369239263222822', url } }, '{"sticker_id":"369239263222822"}'],
    [
      { type: 'template', template: { type: 'button', text: 'Which?', buttons: [button] } },
      '{"attachment":{"type":"template","payload":{"template_type":"button","text":"Which?","buttons":[{"type":"postback","title":"Blue","payload":"BLUE"}]}}}',
    ],
    [
      { type: 'template', template: { type: 'utility', name: 'shipped', language: { code: 'en' } } },
      '{"template":{"name":"shipped","language":{"code":"en"}}}',
    ],
    [
      { ...picture, attachments: [picture, { type: 'image', image: { attachment_id: '6' } }] },
      '{"attachments":[{"type":"image","payload":{"url":"https://cdn.example/1"}},{"type":"image","payload":{"attachment_id":"6"}}]}',
    ],
  ])("says %j in Messenger's words", (given, message) => {
    expect(JSON.stringify(renderMessage(given))).toBe(message);
  });

  it('is what contentOf reads back, as far as Messenger can carry it', () => {
    fc.assert(
      fc.property(content, (given) => {
        expect(contentOf(renderMessage(given))).toEqual(carried(given));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, OutboundContent]>([
    ['words beside a picture', { ...picture, text: 'look' }],
    ['words beside a sticker', { type: 'sticker', sticker: { id: '3' }, text: 'look' }],
    ['words beside a template', { type: 'template', template: { type: 'utility' }, text: 'look' }],
    ['several videos', { ...clip, attachments: [clip, clip] }],
    ['a picture and a sticker', { ...picture, attachments: [picture, { type: 'sticker', sticker: { id: '3' } }] }],
    [
      'a picture and a template',
      { ...picture, attachments: [picture, { type: 'template', template: { type: 'button' } }] },
    ],
    ['words beside several pictures', { ...picture, text: 'look', attachments: [picture, picture] }],
  ])('leaves %s to the one who refuses', (_name, given) => {
    expect(refusalOf({ message: renderMessage(given) })).toMatchObject({ code: 'content_not_sendable' });
  });
});
