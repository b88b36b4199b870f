import { likelySends, type Sought } from './likely-sends.js';

const PAGE = '108200000000001';
const PSID = '6500000000000011';

/** Facebook's clock, which is not ours: the answer was written at 12:02:00, when the send was 120 to 121 s old. */
const sought: Sought = {
  page: PAGE,
  contact: PSID,
  text: 'It is.',
  sourceNowMs: Date.parse('2026-11-21T12:02:00Z'),
  agesMs: [120_000, 121_000],
};

const said = (id: string, time: string, other: object = {}): object => ({
  id,
  created_time: `2026-11-21T${time}+0000`,
  from: { id: PAGE, name: 'Demo Page', email: 'page@facebook.com' },
  to: { data: [{ id: PSID, name: 'Ana', email: 'ana@facebook.com' }] },
  message: 'It is.',
  ...other,
});
const answer = (messages: readonly unknown[], paging: object = {}): object => ({
  data: [{ id: 't_1', messages: { data: messages, paging } }],
  paging: {},
});
const found = (...messages: readonly object[]): unknown =>
  likelySends(answer(messages), sought)?.map(({ sourceMessageId, fits }) => [sourceMessageId, fits]);

// https://developers.facebook.com/docs/messenger-platform/conversations
describe('what may be the send', () => {
  it('has its text, is of the page, and of the moment in which it was sent', () => {
    expect(likelySends(answer([said('m_1', '12:00:01')]), sought)).toEqual([
      { sourceMessageId: 'm_1', sourceSentAt: '2026-11-21T12:00:02.000Z', fits: true },
    ]);
  });

  it.each([
    // the second that the answer's date leaves out, the second of the call, and two that Facebook's machines may differ by
    ['11:59:55', false],
    ['11:59:56', true],
    ['12:00:31', true],
    ['12:00:32', false],
  ])('may have been said at %s: %s', (time, fits) => {
    expect(found(said('m_1', time))).toEqual([['m_1', fits]]);
  });

  it.each<[string, object]>([
    ['goes to somebody else', { to: { data: [{ id: '6500000000000099' }] } }],
    ['goes to nobody', { to: undefined }],
    ['has a picture', { attachments: { data: [{ mime_type: 'image/jpeg' }] } }],
    ['has a space more', { message: 'It is. ' }],
  ])('does not fit when it %s', (_, other) => {
    expect(found(said('m_1', '12:00:01', other))).toEqual([['m_1', false]]);
  });

  it.each<[string, object]>([
    ['the contact', { from: { id: PSID } }],
    ['somebody without an id', { from: { name: 'Demo Page' } }],
  ])('is nothing that %s said', (_, other) => {
    expect(found(said('m_1', '12:00:01', other))).toEqual([]);
  });

  it('is nothing with other words', () => {
    expect(found(said('m_1', '12:00:01', { message: 'It is not.' }))).toEqual([]);
  });

  it('is all that says the same, whenever it was said', () => {
    expect(found(said('m_2', '12:00:01'), said('m_1', '09:00:00'))).toEqual([
      ['m_2', true],
      ['m_1', false],
    ]);
  });
});

describe('a conversation', () => {
  const older = { next: 'https://graph.facebook.com/v25.0/t_1/messages?after=x' };

  it('that is shown only from after the send says nothing', () => {
    expect(likelySends(answer([said('m_1', '12:00:01')], older), sought)).toBeNull();
    expect(
      likelySends(answer([said('m_2', '12:00:01'), said('m_1', '11:59:00', { message: 'Hi' })], older), sought),
    ).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no conversation', { data: [] }],
    ['two conversations', { data: [...asData([said('m_1', '12:00:01')]), ...asData([said('m_1', '12:00:01')])] }],
    ['no messages', answer([])],
    ['a message without an id', answer([said('', '12:00:01')])],
    ['a message without a time', answer([said('m_1', '12:00:01', { created_time: 'today' })])],
    ['what is no message', answer([said('m_1', '12:00:01'), null])],
  ])('that is %s says nothing', (_, body) => {
    expect(likelySends(body, sought)).toBeNull();
  });
});

function asData(messages: readonly object[]): readonly object[] {
  return [{ messages: { data: messages } }];
}
