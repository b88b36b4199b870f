import type { LikelySend, SendSearch } from '#libs/channels/kit';
import { messageId, type Message } from '#libs/messaging';
import type { Doubt } from '../src/turn.js';
import { accepted, unknown } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

const sentAt = new Date();
const likely = (sourceMessageId: string, fits = true): LikelySend => ({
  sourceMessageId,
  sourceSentAt: sentAt.toISOString(),
  fits,
});
const shows = (...found: LikelySend[]): SendSearch => ({ kind: 'read', likely: found });

// interleaving 15, where the source echoes nothing
describe('a send without an answer on a channel whose source will not tell', () => {
  let world: SendingWorld;
  let chat: string;
  let message: Message;
  let mid: string;

  const setChannel = (state: string, fields: readonly string[]): Promise<unknown> =>
    world.database.query('update channels set health_state = $1, subscribed_fields = $2', [state, fields]);
  /** The projector reads the result at once. */
  const settle = async (doubt: Doubt, search: SendSearch): Promise<void> => {
    await world.settle(doubt, search);
    await world.project();
  };
  const expectUnknown = async (): Promise<void> => {
    expect(await world.look.row(message.id)).toMatchObject({
      state: 'unknown',
      source_message_id: null,
      failure: { code: 'outcome_unknown', retryable: false },
    });
  };
  const results = async (): Promise<number> => {
    const sql = `select from log_records where topic = 'channel.events' and value like $1`;
    return (await world.database.query(sql, [`%"message_id":"${message.id}"%`])).length;
  };

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  beforeEach(async () => {
    await setChannel('degraded', ['messages']);
    chat = await world.newChat();
    mid = `m_found_${chat}`;
    message = await world.ended(chat, unknown);
  });

  afterAll(() => world.close());

  it('is sent under the id of the one message that can be it, and the next goes out (interleaving 15)', async () => {
    const next = await world.send(chat);
    await settle(await world.doubt(chat), shows(likely(mid)));
    expect(await world.look.row(message.id)).toMatchObject({
      state: 'sent',
      source_message_id: mid,
      source_sent_at: sentAt,
      failure: null,
    });
    expect(await world.look.attempts(message.id)).toEqual([{ attempt: 1, state: 'accepted', tries: 1 }]);
    expect((await world.taken(chat)).message.id).toBe(next.id);
  });

  it.each<[string, SendSearch]>([
    ['nothing looks like it', shows()],
    ['two look like it', shows(likely('m_1'), likely('m_2'))],
    ['another says the same at another time', shows(likely('m_1'), likely('m_2', false))],
    ['what looks like it does not fit', shows(likely('m_1', false))],
    ['the source does not answer', { kind: 'unread', reason: 'HTTP 500' }],
  ])('is unknown when %s, and the next goes out (interleaving 15)', async (_, search) => {
    const next = await world.send(chat);
    await settle(await world.doubt(chat), search);
    await expectUnknown();
    expect((await world.taken(chat)).message.id).toBe(next.id);
  });

  it('is not what is known to be another message', async () => {
    const other = await world.newChat();
    await world.ended(other, accepted(mid));
    await settle(await world.doubt(chat), shows(likely(mid)));
    await expectUnknown();
  });

  it('is found beside what is known to be another message', async () => {
    const other = await world.newChat();
    await world.ended(other, accepted(`${mid}_other`));
    await settle(await world.doubt(chat), shows(likely(`${mid}_other`), likely(mid)));
    expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
  });

  it('is unknown while an earlier send of the conversation is: it may be that one', async () => {
    await settle(await world.doubt(chat), shows());
    message = await world.ended(chat, unknown);
    await settle(await world.doubt(chat), shows(likely(mid)));
    await expectUnknown();
  });

  it('is unknown while nobody has read the id of an earlier send', async () => {
    await settle(await world.doubt(chat), shows(likely(`${mid}_first`)));
    await world.send(chat);
    await world.closeTurn(await world.taken(chat), accepted(mid));
    message = await world.send(chat);
    await world.closeTurn(await world.taken(chat), unknown);
    await settle(await world.doubt(chat), shows(likely(mid)));
    await expectUnknown();
  });

  it('stays what its echo has made it meanwhile', async () => {
    const doubt = await world.doubt(chat);
    await world.echo(message, { attempt: 1, mid: `${mid}_echo` });
    await settle(doubt, shows(likely(mid)));
    expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: `${mid}_echo` });
    expect(await results()).toBe(0);
  });

  it('is ended by one of two senders that look for it', async () => {
    const slow = await world.doubt(chat);
    const fast = await world.doubt(chat);
    await settle(fast, shows(likely(mid)));
    await settle(slow, { kind: 'unread', reason: 'no answer in time' });
    expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
    expect(await results()).toBe(1);
  });

  it('is unknown when what was found turns out to be another’s before anybody reads it', async () => {
    const doubt = await world.doubt(chat);
    const inbox = {
      message_id: messageId(world.channelId, mid),
      source_message_id: mid,
      content: { type: 'text', text: 'hello' },
      sender_type: 'page',
    } as const;
    await world.settle(doubt, shows(likely(mid)));
    await world.happen(chat, { type: 'message.echoed', payload: inbox });
    await world.project();
    await expectUnknown();
    expect(await world.look.ours(chat)).toHaveLength(2);
  });

  it.each([
    ['would be told of by the source', 'degraded', ['messages', 'message_echoes'], {}],
    ['belongs to a channel that is well', 'connected', ['messages'], {}],
    ['belongs to a channel without a token', 'reauth_required', ['messages'], {}],
    [
      'is more than a text',
      'degraded',
      ['messages'],
      { message: { text: 'hello', quick_replies: [{ title: 'Yes' }] } },
    ],
  ] as const)('is unknown without a question when it %s', async (_, state, fields, about) => {
    await settle(await world.doubt(chat), shows(likely(mid)));
    message = await world.send(chat, about);
    await world.end(await world.taken(chat), unknown);
    await setChannel(state, fields);
    await world.pass(chat, 121);
    expect(await world.next(chat)).toBeNull();
    await world.project();
    await expectUnknown();
  });
});
