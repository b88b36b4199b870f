import type { Unrouted } from '#libs/messaging';
import { readFixture } from '../../test/fixtures.js';
import { readBody } from './read-body.js';
import { readUnrouted } from './read-unrouted.js';

const stored: Unrouted = {
  source: 'facebook',
  source_channel_id: '108200000000001',
  source_app_id: '290000000000001',
  reason: 'unknown_page',
  received_at: '2025-11-20T00:53:20.500Z',
  raw: '{"sender":{"id":65000000000000119}}',
};

describe('readUnrouted', () => {
  it.each(['page-messaging', 'page-standby', 'page-feed', 'page-long-numbers', 'page-unheard-of-lane'])(
    'reads every item of %s as it was read when it came',
    (name) => {
      const { items } = readBody(Buffer.from(readFixture('bodies', name)));
      expect(items).not.toEqual([]);
      const kept = items.map(({ sourceChannelId, raw, lane, sentAt }) => ({
        ...stored,
        source_channel_id: sourceChannelId,
        raw,
        lane,
        sent_at: sentAt,
      }));
      // through JSON, as the log keeps it
      expect(kept.map((record) => readUnrouted(JSON.parse(JSON.stringify(record)) as Unrouted))).toEqual(items);
    },
  );

  it.each([
    ['{"sender":{"id":"1"},"message":{"mid":"m"}}', 'messaging'],
    ['{"field":"feed","value":{}}', 'changes'],
  ])('finds the lane of what was an event already: %s', (raw, lane) => {
    expect(readUnrouted({ ...stored, raw, event_id: '019aa000-0000-7000-8000-0000000000a1' })).toMatchObject({ lane });
  });

  it.each<[string, Partial<Unrouted>]>([
    ['a whole body', {}],
    ['something of no page', { source_channel_id: null, lane: 'messaging' }],
    ['what is not JSON', { raw: '{"a"', lane: 'messaging' }],
  ])('does not take %s for an item', (_, changes) => {
    expect(readUnrouted({ ...stored, ...changes })).toBeNull();
  });
});
