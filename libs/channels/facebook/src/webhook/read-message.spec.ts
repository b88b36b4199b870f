import { echo, eventOf, message } from '../../test/fixtures.js';

describe('a message', () => {
  it('takes no mid of another message for its own', () => {
    const feedback = { sender: { id: '1' }, response_feedback: { feedback: 'Good response', mid: 'm_e1' } };
    expect(eventOf(feedback).payload).not.toHaveProperty('source_message_id');
  });

  it.each([
    ['text and nothing else', { text: '' }, { type: 'text', text: '' }],
    ['nothing at all', {}, { type: 'unsupported', unsupported: { kind: 'message' } }],
    ['a sticker by id', { sticker_id: 3 }, { type: 'sticker', sticker: { id: '3' } }],
    ['a sticker without id', { sticker_id: {} }, { type: 'unsupported', unsupported: { kind: 'sticker' } }],
    [
      'a sticker that is told at the message only',
      { sticker_id: 7, attachments: [{ type: 'image', payload: { url: 'https://x/s' } }] },
      { type: 'sticker', sticker: { id: '7', url: 'https://x/s' } },
    ],
    [
      'an image without address',
      { attachments: [{ type: 'image', payload: {} }] },
      { type: 'unsupported', unsupported: { kind: 'image', raw: { type: 'image', payload: {} } } },
    ],
    [
      'an appointment without end',
      { attachments: [{ type: 'appointment_booking', payload: { booking_id: 'b', status: 'requested' } }] },
      { type: 'unsupported', unsupported: { kind: 'appointment_booking' } },
    ],
    [
      'a place far too far',
      { attachments: [{ type: 'location', payload: { coordinates: { lat: '1e999', long: 0 } } }] },
      { type: 'unsupported', unsupported: { kind: 'location' } },
    ],
    [
      'a type with a treacherous name',
      { attachments: [{ type: '__proto__' }, { type: 'constructor' }] },
      { type: 'unsupported', attachments: [{ type: 'unsupported' }, { type: 'unsupported' }] },
    ],
    ['attachments that are no list', { attachments: 'x' }, { unsupported: { kind: 'attachment', raw: 'x' } }],
    ['text that is none', { text: 5 }, { type: 'unsupported', unsupported: { kind: 'message' } }],
  ])('of %s is read', (_name, fields, content) => {
    expect(eventOf(message(fields)).payload).toMatchObject({ content });
  });

  it('that is no object is kept', () => {
    expect(eventOf({ sender: { id: '1' }, message: 'hello' }).payload).toMatchObject({
      content: { type: 'unsupported', unsupported: { kind: 'message', raw: 'hello' } },
    });
  });

  it('keeps what lies beside it', () => {
    expect(eventOf(message({ text: 'x' }, { shiny: { a: 1 } })).payload).toMatchObject({
      source_data: { shiny: { a: 1 } },
    });
  });
});

describe('an echo', () => {
  it.each([
    ['another metadata', 'job:77', { metadata: 'job:77' }],
    ['a tag that only looks like ours', 'p1:not-a-uuid:1', { metadata: 'p1:not-a-uuid:1' }],
    [
      'attempt 0',
      'p1:019aa000-0000-7000-8000-000000000001:0',
      { metadata: 'p1:019aa000-0000-7000-8000-000000000001:0' },
    ],
  ])('with %s claims nothing', (_name, metadata, sourceData) => {
    const { payload } = eventOf(echo({ text: 'x', metadata }));
    expect(payload).not.toHaveProperty('claims');
    expect(payload).toMatchObject({ source_data: sourceData });
  });

  it('with our tag alone has no metadata of a caller', () => {
    const { payload } = eventOf(echo({ text: 'x', metadata: 'p1:019aa000-0000-7000-8000-000000000001:12' }));
    expect(payload).toMatchObject({ claims: { message_id: '019aa000-0000-7000-8000-000000000001', attempt: 12 } });
    expect(payload).not.toHaveProperty('source_data');
  });

  it('names its app by text, whatever Facebook writes', () => {
    expect(eventOf(echo({ text: 'x', app_id: 5 })).payload).toMatchObject({ app_id: '5', sender_type: 'app' });
  });
});
