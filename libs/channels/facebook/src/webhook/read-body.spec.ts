import { readFixture } from '../../test/fixtures.js';
import { readBody } from './read-body.js';

const read = (text: string): ReturnType<typeof readBody> => readBody(Buffer.from(text));
const fixture = (name: string): ReturnType<typeof readBody> => read(readFixture('bodies', name));

describe('readBody', () => {
  it('reads every item of every page, with the lane it lay in', () => {
    const { items, rejects } = fixture('page-messaging');
    expect(rejects).toEqual([]);
    expect(items.map(({ sourceChannelId, lane, sentAt }) => ({ sourceChannelId, lane, sentAt }))).toEqual([
      { sourceChannelId: '108200000000001', lane: 'messaging', sentAt: '2025-11-20T00:53:20.123Z' },
      { sourceChannelId: '108200000000002', lane: 'standby', sentAt: '2025-11-20T00:53:20.123Z' },
    ]);
  });

  it('keeps each item exactly as it was written, and every digit of it', () => {
    const { items } = fixture('page-long-numbers');
    expect(items[0]?.raw).toBe(
      String.raw`{"sender":{"id":65000000000000119},"recipient":{"id":10820000000000123},"timestamp":1763599999870,"message":{"mid":"m_a3","text":"h\u00e9 \ud83d\ude22 https:\/\/x.example\/?a=1\u0025\u003C\u0040","attachments":[{"type":"template","payload":{"elements":[{"attachment_id":24570000000000017}]}}]}}`,
    );
    expect(items[0]).toMatchObject({
      sourceChannelId: '10820000000000123',
      value: {
        sender: { id: '65000000000000119' },
        message: {
          text: 'hé 😢 https://x.example/?a=1%<@',
          attachments: [{ payload: { elements: [{ attachment_id: '24570000000000017' }] } }],
        },
      },
    });
  });

  it.each([
    ['page-empty', []],
    ['page-feed', ['changes']],
    ['page-standby', ['standby']],
    ['page-changed-fields', ['changed_fields', 'changed_fields']],
    ['page-unheard-of-lane', ['waiting_room', 'field']],
  ])('finds the lanes of %s', (name, lanes) => {
    const { items, rejects } = fixture(name);
    expect(rejects).toEqual([]);
    expect(items.map(({ lane }) => lane)).toEqual(lanes);
  });

  it('leaves sentAt out where the entry has no time', () => {
    const [item] = read('{"object":"page","entry":[{"id":"1","messaging":[{}]}]}').items;
    expect(item).toEqual({ sourceChannelId: '1', lane: 'messaging', raw: '{}', value: {} });
  });

  it.each([
    ['nothing', '', 'not_json'],
    ['half a body', '{"object":"page","entry":[', 'not_json'],
    ['a form', 'a=1&b=2', 'not_json'],
    ['a number that is none', '{"object":"page","entry":[{"id":"1","messaging":[01234567890123456789]}]}', 'not_json'],
    ['a list', '[]', 'not_a_page'],
    ['null', 'null', 'not_a_page'],
    ['a body of nobody', '{"entry":[]}', 'not_a_page'],
    ['no entries', '{"object":"page"}', 'no_entry'],
    ['an entry that is no list', '{"object":"page","entry":{"id":"1"}}', 'no_entry'],
    ['65 levels', '['.repeat(65) + ']'.repeat(65), 'too_deep'],
    ['a bottomless body', '['.repeat(200_000), 'too_deep'],
  ])('rejects %s and keeps it', (_name, text, reason) => {
    expect(read(text)).toEqual({ items: [], rejects: [{ sourceChannelId: null, reason, raw: text }] });
  });

  it.each(['instagram-dashboard-test', 'whatsapp-messages', 'whatsapp-statuses'])('rejects %s as no page', (name) => {
    const raw = readFixture('bodies', name);
    expect(read(raw)).toEqual({ items: [], rejects: [{ sourceChannelId: null, reason: 'not_a_page', raw }] });
  });

  it('rejects what the dashboard sends as a test', () => {
    const { items, rejects } = fixture('page-dashboard-test');
    expect(items).toEqual([]);
    expect(rejects).toMatchObject([{ sourceChannelId: '0', reason: 'dashboard_test' }]);
    expect(rejects.map(({ raw }): unknown => JSON.parse(raw))).toMatchObject([{ id: '0', time: 1763600000 }]);
  });

  it('rejects entries without a page and goes on with the others', () => {
    const { items, rejects } = read('{"object":"page","entry":[7,{"time":1},{"id":{}},{"id":5,"messaging":[1]}]}');
    expect(rejects.map(({ reason, raw }) => [reason, raw])).toEqual([
      ['no_page_id', '7'],
      ['no_page_id', '{"time":1}'],
      ['no_page_id', '{"id":{}}'],
    ]);
    expect(items).toEqual([{ sourceChannelId: '5', lane: 'messaging', raw: '1', value: 1 }]);
  });

  it('takes of a key that is there twice the last one, and any key for a lane', () => {
    const { items } = read(
      '{"entry":[],"object":"page","entry":[{"id":"2","messaging":[{"a":1}],"id":"1","__proto__":[{"b":2}],"messaging":[{"c":3},4]}]}',
    );
    expect(items.map(({ sourceChannelId, lane, raw, value }) => [sourceChannelId, lane, raw, value])).toEqual([
      ['1', 'messaging', '{"c":3}', { c: 3 }],
      ['1', 'messaging', '4', 4],
      ['1', '__proto__', '{"b":2}', { b: 2 }],
    ]);
  });

  it('takes 64 levels', () => {
    const deep = '['.repeat(59) + ']'.repeat(59);
    expect(read(`{"object":"page","entry":[{"id":"1","messaging":[{"a":${deep}}]}]}`).items).toHaveLength(1);
  });

  it('rejects bytes that are no UTF-8, in a form that can be stored', () => {
    expect(readBody(Buffer.from([0x7b, 0xff, 0x00, 0x7d]))).toEqual({
      items: [],
      rejects: [{ sourceChannelId: null, reason: 'not_utf8', raw: '{\uFFFD\uFFFD}' }],
    });
  });
});
