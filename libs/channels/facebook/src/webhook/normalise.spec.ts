import { channel, eventOf, itemsOf, message, PAGE, readFixture, RECEIVED_AT } from '../../test/fixtures.js';
import { normalise } from './normalise.js';
import { readBody } from './read-body.js';

describe('normalise', () => {
  it('keeps changes of the page under the channel', () => {
    const { items } = readBody(Buffer.from(readFixture('bodies', 'page-feed')));
    expect(items.map((item) => normalise(item, channel, RECEIVED_AT))).toMatchObject([
      {
        type: 'page.changed',
        conversation_id: null,
        source_contact_id: null,
        occurred_at: '2025-11-20T00:53:20.000Z',
        payload: { field: 'feed', value: { comment_id: '5_6', message: 'price?' } },
      },
    ]);
  });

  it('keeps the names of fields that come without values', () => {
    const { items } = readBody(Buffer.from(readFixture('bodies', 'page-changed-fields')));
    expect(items.map((item) => normalise(item, channel, RECEIVED_AT))).toMatchObject([
      { type: 'page.changed', payload: { field: 'feed' } },
      { type: 'page.changed', payload: { field: 'mention' } },
    ]);
  });

  it('keeps what lies in a lane that nobody has heard of', () => {
    expect(eventOf(message({ text: 'x' }), 'waiting_room')).toMatchObject({
      type: 'unknown',
      conversation_id: null,
      payload: { lane: 'waiting_room', data: { message: { text: 'x' } } },
    });
  });

  it('falls back to the time of receipt where nothing says when', () => {
    const item = { sourceChannelId: PAGE, lane: 'messaging', raw: '{}', value: { sender: { id: '1' }, order: {} } };
    expect(normalise(item, channel, RECEIVED_AT).occurred_at).toBe(RECEIVED_AT);
  });

  it.each([
    ['nothing', {}],
    ['text', 'hello'],
    ['null', null],
    ['only a sender', { sender: { id: '1' } }],
    ['no sender', { recipient: { id: PAGE }, order: {} }],
    ['an echo to nobody', { sender: { id: PAGE }, recipient: { id: PAGE }, message: { mid: 'm', is_echo: true } }],
    ['an unsend of nothing', message({ mid: undefined, is_deleted: true })],
    ['an edit without text', { sender: { id: '1' }, message_edit: { mid: 'm', num_edit: 1 } }],
    ['an edit without number', { sender: { id: '1' }, message_edit: { mid: 'm', text: 'x' } }],
    ['a receipt of nothing', { sender: { id: '1' }, delivery: { mids: [] } }],
    ['a reaction to nothing', { sender: { id: '1' }, reaction: { action: 'react' } }],
    ['another action than react', { sender: { id: '1' }, reaction: { mid: 'm', action: 'wave' } }],
  ])('keeps %s as unknown', (_name, value) => {
    expect(eventOf(value)).toMatchObject({ type: 'unknown', raw: JSON.stringify(value) });
  });

  it('never takes the page for the contact', () => {
    const reaction = { mid: 'm_1', action: 'react', emoji: '👍' };
    expect(eventOf({ sender: { id: PAGE }, recipient: { id: '7' }, timestamp: 1763600000, reaction })).toMatchObject({
      source_contact_id: '7',
      payload: { from_contact: false, opens_window: false },
    });
    expect(eventOf({ sender: { id: PAGE }, recipient: { id: '7' }, brand_new_thing: 1 })).toMatchObject({
      type: 'message.echoed',
      source_contact_id: '7',
      payload: { sender_type: 'page' },
    });
  });

  it('makes text storable and leaves the raw item as it was', () => {
    const raw = String.raw`{"sender":{"id":"a\u0000"},"message":{"mid":"m\u0000","text":"\ud800 ok \u0000","nlp":{"k\u0000":"\udc00"}}}`;
    const [event] = itemsOf([raw]).map((item) => normalise(item, channel, RECEIVED_AT));
    expect(event).toMatchObject({
      source_contact_id: 'a\uFFFD',
      raw,
      payload: {
        source_message_id: 'm\uFFFD',
        content: { text: '\uFFFD ok \uFFFD' },
        source_data: { nlp: { 'k\uFFFD': '\uFFFD' } },
      },
    });
  });
});
