import { at } from '../harness/only.js';
import { checkEvidence } from './check-evidence.js';
import type { Evidence, GraphCall, Posted, Sent, Stored, Told } from './evidence.js';
import { describeVerdict } from './report.js';
import { isClean } from './verdict.js';

const texts: readonly Posted[] = [1, 2, 3].map((number) => ({
  name: `event ${number}`,
  number,
  mid: `m_${number}`,
  psid: 'ann',
}));
const answers: readonly Sent[] = [1, 2].map((number) => ({
  name: `send ${number}`,
  number,
  id: `id-send-${number}`,
  psid: 'bob',
}));
const rows: readonly Stored[] = [
  ...texts.map(({ name, mid, number }) => ({
    id: `id-${number}`,
    conversationId: 'a',
    name,
    mid,
    state: 'sent',
    version: 1,
  })),
  ...answers.map(({ id, name, number }) => ({
    id,
    conversationId: 'b',
    name,
    mid: `m_sent_${number}`,
    state: 'delivered',
    version: 2,
  })),
];
const row = (index: number): Stored => at(rows, index);
const began = (conversationId: string): Told => ({
  id: `began-${conversationId}`,
  type: 'conversation.created',
  conversationId,
});
const told = (row: Stored, version: number): Told => ({
  id: `${row.id} v${version}`,
  type: version === 1 ? 'message.created' : 'message.updated',
  conversationId: row.conversationId,
  messageId: row.id,
  version,
  name: row.name,
});
const stream: readonly Told[] = [
  began('a'),
  began('b'),
  ...rows.map((row) => told(row, 1)),
  ...rows.filter(({ version }) => version === 2).map((row) => told(row, 2)),
];
const calls: readonly GraphCall[] = answers.map(({ id, name, psid, number }) => ({
  messageId: id,
  name,
  psid,
  mid: `m_sent_${number}`,
}));
const good: Evidence = {
  posted: texts,
  sent: answers,
  unanswered: [],
  rows,
  shown: rows,
  streams: [
    { name: 'SSE', told: stream },
    { name: 'WebSocket', told: stream },
  ],
  calls,
};

const without = <Item extends { readonly name?: string }>(items: readonly Item[], name: string): Item[] =>
  items.filter((item) => item.name !== name);
const exchanged = <Item>(items: readonly Item[], one: number, other: number): Item[] =>
  items.map((item, index) => items[index === one ? other : index === other ? one : index] ?? item);
const changed = (name: string, change: Partial<Stored>): Stored[] =>
  rows.map((row) => (row.name === name ? { ...row, ...change } : row));
const onSocket = (stream_: readonly Told[]): Evidence => ({
  ...good,
  streams: [
    { name: 'SSE', told: stream },
    { name: 'WebSocket', told: stream_ },
  ],
});
const other = (update: Told, id: string): Told => ({ ...update, id });

type Case = readonly [what: string, evidence: Evidence, kind: string, offender: string];

const cases: readonly Case[] = [
  ['a row', { ...good, rows: without(rows, 'event 2') }, 'lost', 'event 2: not in PostgreSQL'],
  ['what REST shows', { ...good, shown: without(rows, 'event 2') }, 'lost', 'event 2: not in REST'],
  ['a send', { ...good, shown: without(rows, 'send 1') }, 'lost', 'send 1: not in REST'],
  ['an announcement', onSocket(without(stream, 'event 3')), 'lost', 'event 3: not on the WebSocket'],
  ['the last update', onSocket(stream.slice(0, -1)), 'lost', 'send 2: is at version 2, and the WebSocket told up to 1'],
  [
    'a version',
    { ...good, streams: [{ name: 'SSE', told: [...stream, told({ ...row(0), version: 3 }, 3)] }] },
    'lost',
    'event 1: version 3 after 1 on the SSE',
  ],
  [
    'a message that says sent',
    { ...good, calls: calls.slice(1) },
    'lost',
    'send 1: says delivered in REST, and Facebook never took it',
  ],
  [
    'a message that Facebook took',
    { ...good, calls: [...calls, { messageId: 'id-gone', name: 'send 3', psid: 'bob', mid: 'm_sent_3' }] },
    'lost',
    'send 3: Facebook took id-gone, and there is no such message',
  ],
  ['a row', { ...good, rows: [...rows, { ...row(1), id: 'id-2b' }] }, 'doubled', 'event 2: 2 times in PostgreSQL'],
  [
    'an echo of ours',
    { ...good, shown: [...rows, { ...row(3), id: 'id-echo' }] },
    'doubled',
    'send 1: 2 times in REST',
  ],
  [
    'what nobody wrote',
    { ...good, rows: [...rows, { ...row(2), name: 'event 9' }] },
    'doubled',
    'event 9: in PostgreSQL, and nobody wrote it',
  ],
  [
    'an announcement under another id',
    onSocket([...stream, other(told(row(2), 1), 'again')]),
    'doubled',
    'event 3: 2 times on the WebSocket',
  ],
  [
    'a version under another id',
    onSocket([...stream, other(told(row(4), 2), 'again')]),
    'doubled',
    'send 2: version 2 after 2 on the WebSocket',
  ],
  ['what REST shows', { ...good, shown: exchanged(rows, 0, 1) }, 'reordered', 'event 1 after event 2 in REST'],
  ['announcements', onSocket(exchanged(stream, 3, 4)), 'reordered', 'event 2 after event 3 on the WebSocket'],
  [
    'a conversation',
    onSocket(exchanged(stream, 0, 2)),
    'reordered',
    'message.created before its conversation a on the WebSocket',
  ],
  ['versions', onSocket(exchanged(stream, 5, 7)), 'reordered', 'send 1: message.updated first on the WebSocket'],
  ['calls', { ...good, calls: calls.toReversed() }, 'reordered', 'send 1 after send 2 at Facebook'],
  ['a call', { ...good, calls: [...calls, ...calls.slice(1)] }, 'sent twice', 'send 2: 2 accepted calls'],
  [
    'a message',
    { ...good, shown: changed('send 1', { state: 'pending' }), calls: calls.slice(1) },
    'stuck',
    'send 1: is pending in REST',
  ],
  [
    'a message that was taken',
    { ...good, rows: changed('send 2', { state: 'unknown' }) },
    'stuck',
    'send 2: is unknown in PostgreSQL, and Facebook took it as m_sent_2',
  ],
  ['a webhook', { ...good, unanswered: ['event 4'] }, 'stuck', 'event 4 was never answered'],
];

describe('the checker of the siege', () => {
  it('finds nothing where everything agrees', () => {
    expect(checkEvidence(good)).toEqual({ lost: [], doubled: [], reordered: [], 'sent twice': [], stuck: [] });
  });

  it('lets an update be seen again with its id, and a message be unknown of which Facebook knows nothing', () => {
    const unknown = changed('send 1', { state: 'unknown', mid: null });
    const evidence = {
      ...onSocket([...stream, ...stream.slice(2, 4)]),
      rows: unknown,
      shown: unknown,
      calls: calls.slice(1),
    };
    expect(isClean(checkEvidence(evidence))).toBe(true);
  });

  it.each(cases)('names %s', (_what, evidence, kind, offender) => {
    const verdict = checkEvidence(evidence);
    expect(verdict).toMatchObject({ [kind]: expect.arrayContaining([offender]) });
    expect(isClean(verdict)).toBe(false);
  });

  it('prints a table of five, and the offenders by name', () => {
    const verdict = checkEvidence({ ...good, rows: without(rows, 'event 2'), calls: [...calls, ...calls.slice(1)] });
    expect(describeVerdict(verdict)).toEqual([
      '  lost            1',
      '  doubled         0',
      '  reordered       0',
      '  sent twice      1',
      '  stuck           0',
      'lost: event 2: not in PostgreSQL',
      'sent twice: send 2: 2 accepted calls',
    ]);
  });
});
