import { PSID } from './facebook.js';
import { startWorld, type World } from './start-world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.facebook.act('write', { text: 'hello' });
});

afterAll(() => world.close());

function template(payload: Record<string, unknown>): { attachment: unknown } {
  return { attachment: { type: 'template', payload } };
}

const button = { type: 'postback', title: 'Yes', payload: 'YES' };
const reply = { content_type: 'text', title: 'Yes', payload: 'YES' };

describe('a message', () => {
  it.each([
    ['text of 1,999 characters', { text: 'é'.repeat(1_999) }],
    ['metadata of 999 characters', { text: 'hi', metadata: 'm'.repeat(999) }],
    ['thirteen quick replies', { text: 'hi', quick_replies: Array(13).fill(reply) }],
    ['a quick reply for an address', { text: 'hi', quick_replies: [{ content_type: 'user_email' }] }],
    ['an image', { attachment: { type: 'image', payload: { url: 'https://a.example/1.jpg' } } }],
    ['two images', { attachments: Array(2).fill({ type: 'image', payload: { attachment_id: '1' } }) }],
    [
      'a button template',
      template({ template_type: 'button', text: 'x'.repeat(640), buttons: [button, button, button] }),
    ],
    ['ten elements', template({ template_type: 'generic', elements: Array(10).fill({ title: 'A', subtitle: 'B' }) })],
  ])('is accepted with %s', async (_title, message) => {
    const { status, body } = await world.facebook.sendMessage(message);

    expect(status).toBe(200);
    expect(body).toEqual({ recipient_id: PSID, message_id: expect.stringMatching(/^m_[\w-]{60,}$/) as unknown });
  });

  it.each([
    ['text of 2,000 characters', { text: 'x'.repeat(2_000) }, {}],
    ['empty text', { text: '' }, {}],
    ['neither text nor attachment', { metadata: 'm' }, {}],
    ['text and attachment', { text: 'hi', attachment: { type: 'image', payload: { url: 'https://a.example' } } }, {}],
    ['metadata of 1,000 characters', { text: 'hi', metadata: 'm'.repeat(1_000) }, {}],
    ['fourteen quick replies', { text: 'hi', quick_replies: Array(14).fill(reply) }, {}],
    ['a long quick reply title', { text: 'hi', quick_replies: [{ ...reply, title: 'x'.repeat(21) }] }, {}],
    ['an unknown attachment', { attachment: { type: 'smell', payload: { url: 'https://a.example' } } }, {}],
    ['several files', { attachments: Array(2).fill({ type: 'file', payload: { url: 'https://a.example' } }) }, {}],
    ['four buttons', template({ template_type: 'button', text: 'hi', buttons: Array(4).fill(button) }), {}],
    [
      'eleven elements',
      template({ template_type: 'generic', elements: Array(11).fill({ title: 'A', subtitle: 'B' }) }),
      {},
    ],
    ['a retired template', template({ template_type: 'airline_checkin' }), {}],
    [
      'an empty payload',
      template({ template_type: 'button', text: 'hi', buttons: [{ ...button, payload: '' }] }),
      { error_subcode: 2018040 },
    ],
    [
      'an empty button title',
      template({ template_type: 'button', text: 'hi', buttons: [{ ...button, title: '' }] }),
      { error_subcode: 2018053 },
    ],
    [
      'a foreign media url',
      template({ template_type: 'media', elements: [{ media_type: 'image', url: 'https://a.example/1.jpg' }] }),
      { error_subcode: 2018188 },
    ],
  ])('is refused with %s', async (_title, message, error) => {
    const { status, body } = await world.facebook.sendMessage(message);

    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ type: 'OAuthException', code: 100, ...error });
    expect((await world.facebook.state()).sends.at(-1)).toMatchObject({ outcome: 'refused', mid: null });
  });

  it.each([
    ['nothing to send', {}, { code: 100, error_subcode: 2018015 }],
    [
      'message and action',
      { message: { text: 'a' }, sender_action: 'typing_on' },
      { code: 100, error_subcode: 2018014 },
    ],
    ['no recipient', { recipient: undefined, message: { text: 'a' } }, { code: 100 }],
    ['two recipients', { recipient: { id: PSID, user_ref: 'u' }, message: { text: 'a' } }, { code: 100 }],
    ['an unknown person', { recipient: { id: '1' }, message: { text: 'a' } }, { code: 100, error_subcode: 2018001 }],
    ['a retired tag', { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE', message: { text: 'a' } }, { code: 100 }],
    ['an unknown type', { messaging_type: 'SHOUT', message: { text: 'a' } }, { code: 100 }],
    ['a tag that is not said', { messaging_type: 'MESSAGE_TAG', message: { text: 'a' } }, { code: 100 }],
  ])('is refused for %s', async (_title, body, error) => {
    expect((await world.facebook.send(body)).body['error']).toMatchObject(error);
  });
});
