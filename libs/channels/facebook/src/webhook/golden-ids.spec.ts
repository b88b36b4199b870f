import { channel, eventOf, eventOfFixture, itemsOf, readFixture, RECEIVED_AT } from '../../test/fixtures.js';
import { normalise } from './normalise.js';
import { readBody } from './read-body.js';

// Made with Python's uuid.uuid5 and hashlib.sha256; they may never change.
const EVENT_IDS = [
  ['message-text', '4bf7d2bc-3f0d-596e-82e4-374d61b9ca60'],
  ['echo-text-ours', '59233ad3-b0c1-5c05-afe8-877f18e5a8e4'],
  ['postback-without-mid', 'd43423c7-9ecf-5dbd-8d2c-4979d15e2cdd'],
  ['messaging-feedback', 'ac5cdcfe-b82f-5fde-8b47-e64556e7d56f'],
  ['delivery-mids', '5e48b70c-0223-51e6-a010-70f28523986d'],
  ['read', '5487ccf4-ee1a-5836-83a3-84b2e9a1a252'],
  ['message-edit', 'a6facca9-e197-5f53-ba8d-7ac59d6e6768'],
  ['reaction', 'a4cbb505-6792-5ac0-ba81-56eebf887d7a'],
  ['message-is-deleted', '80efe265-91e0-59b1-aa19-99fe577bd9af'],
  ['pass-thread-control', '530469f5-31c2-54e9-864e-fc3cddda1172'],
] as const;

const MESSAGE_IDS = [
  ['message-text', 'a106e33a-b111-5e51-965d-3cfbaa352563'],
  ['echo-text-ours', '1632252c-7755-5c47-98ee-3c907a0e7d4f'],
  ['postback-without-mid', '3b298a86-7161-57a6-ba93-4472ca775526'],
  ['messaging-feedback', '4bcc66de-076b-5a88-a0c1-166ff9bf30c9'],
] as const;

describe('golden ids (interleaving 24)', () => {
  it.each(EVENT_IDS)('of the event of %s', (name, id) => {
    expect(eventOfFixture(name).id).toBe(id);
  });

  it.each(MESSAGE_IDS)('of the message of %s', (name, id) => {
    expect(eventOfFixture(name).payload).toMatchObject({ message_id: id });
  });

  it('of the conversation', () => {
    expect(eventOfFixture('message-text').conversation_id).toBe('3b93e87b-69b2-53af-b2e4-ae9bc555e980');
  });

  it('of a change of the page', () => {
    const { items } = readBody(Buffer.from(readFixture('bodies', 'page-feed')));
    expect(items.map((item) => normalise(item, channel, RECEIVED_AT).id)).toEqual([
      '22ac6bcf-ec59-5fd1-b132-d3e988e28664',
    ]);
  });
});

describe('an event that comes again', () => {
  const [sender, recipient] = [{ id: '6500000000000011' }, { id: '108200000000001' }];

  it.each([
    [
      'with a mid and another timestamp',
      { sender, recipient, timestamp: 1763600000001, message: { mid: 'm_t1', text: 'a' } },
      { sender, recipient, timestamp: 1763600009999, message: { mid: 'm_t1', text: 'a' } },
    ],
    [
      'without a mid, a few milliseconds off and in another order',
      { sender, recipient, timestamp: 1763600000040, postback: { title: 'A', payload: 'B' } },
      { postback: { payload: 'B', title: 'A' }, timestamp: 1763600000900, recipient, sender },
    ],
    [
      'without any time, in another delivery',
      { sender, recipient, messaging_feedback: { feedback_screens: [] } },
      { sender, recipient, messaging_feedback: { feedback_screens: [] } },
    ],
  ])('%s has its first id (interleaving 24)', (_name, first, second) => {
    expect(eventOf(second).id).toBe(eventOf(first).id);
  });

  it('in another spelling has its first id', () => {
    const [plain, escaped] = itemsOf([
      '{"sender":{"id":"1"},"postback":{"title":"\u00e9"}}',
      String.raw`{"sender":{"id":"1"},"postback":{"title":"\u00e9" } }`,
    ]).map((item) => normalise(item, channel, RECEIVED_AT).id);
    expect(escaped).toBe(plain);
  });

  it('is the same in standby and in messaging (interleaving 24)', () => {
    const tap = { sender, recipient, timestamp: 1763600000040, postback: { mid: 'm_p2', title: 'Talk' } };
    expect(eventOf(tap, 'standby').id).toBe(eventOf(tap).id);
  });

  it.each([
    [
      'another second',
      { sender, recipient, timestamp: 1763600000040, postback: { payload: 'B' } },
      { sender, recipient, timestamp: 1763600001040, postback: { payload: 'B' } },
    ],
    [
      'another payload',
      { sender, recipient, timestamp: 1763600000040, postback: { payload: 'B' } },
      { sender, recipient, timestamp: 1763600000040, postback: { payload: 'C' } },
    ],
    [
      'another contact',
      { sender, recipient, timestamp: 1763600000040, postback: { payload: 'B' } },
      { sender: { id: '2' }, recipient, timestamp: 1763600000040, postback: { payload: 'B' } },
    ],
  ])('%s makes another event', (_name, first, second) => {
    expect(eventOf(second).id).not.toBe(eventOf(first).id);
  });
});
