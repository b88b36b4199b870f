import type { Posted } from './evidence.js';
import type { TopicRecord } from './read-topics.js';
import { compareTopics, type TopicEvidence } from './second-opinion.js';

const posted: readonly Posted[] = [1, 2].map((number) => ({
  ...{ name: `event ${number}`, number, mid: `m_siege_${number}`, psid: 'ann' },
}));
const text = (number: number): TopicRecord => ({
  topic: 'parley.channel.events',
  partition: 3,
  value: JSON.stringify({
    type: 'message.received',
    conversation_id: 'a',
    payload: { source_message_id: `m_siege_${number}`, content: { type: 'text', text: `event ${number}` } },
  }),
});
const update = (sequence: number): TopicRecord => ({
  ...{ topic: 'parley.conversation.updates', partition: 0, sequence, value: `"update ${sequence}"` },
});
const logged = new Map([0, 1].map((sequence) => [`parley.conversation.updates/0 ${sequence}`, `"update ${sequence}"`]));
const sound: TopicEvidence = {
  records: [text(1), update(0), text(2), update(1)],
  posted,
  stored: new Set(['m_siege_1', 'm_siege_2']),
  logged,
};
const complaintsOf = (change: Partial<TopicEvidence>): readonly string[] =>
  compareTopics({ ...sound, ...change }).complaints;

describe('the second opinion on the topics', () => {
  it('has nothing to say when all is there, in order', () => {
    expect(complaintsOf({})).toEqual([]);
  });

  it('lets what came once come again', () => {
    const records = [text(1), update(0), text(2), update(1), update(0), update(1), text(1), text(2)];
    expect(complaintsOf({ records })).toEqual([]);
  });

  it.each<readonly [string, Partial<TopicEvidence>, string]>([
    ['a lost text', { records: [text(1), update(0), update(1)] }, 'm_siege_2 is not in channel.events'],
    ['a text of nobody', { posted: posted.slice(0, 1) }, 'm_siege_2 is in channel.events, and should not be'],
    ['what PostgreSQL has not', { stored: new Set(['m_siege_1']) }, 'm_siege_2 is in channel.events, by PostgreSQL'],
    ['two texts the wrong way', { records: [text(2), text(1), update(0), update(1)] }, 'event 1 after event 2'],
    ['a record never relayed', { records: [text(1), text(2), update(0)] }, 'updates/0 1 was never relayed'],
    [
      'a relay that overtakes',
      { records: [text(1), text(2), update(1), update(0)] },
      'updates/0 1 was relayed before 0',
    ],
    [
      'another value',
      { logged: new Map([...logged, ['parley.conversation.updates/0 1', '2']]) },
      'is not what PostgreSQL has',
    ],
  ])('names %s', (_, change, expected) => {
    expect(complaintsOf(change)).toContainEqual(expect.stringContaining(expected));
  });
});
