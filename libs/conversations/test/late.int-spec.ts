import type { MessageEntity } from '#libs/database';
import { messageId } from '#libs/messaging';
import { only } from '../../../test/harness/only.js';
import type { Happening } from './happening.js';
import { accepted, appId, refused } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

const mid = 'm_answer';
const ids = { source_message_ids: [mid] };
const later = new Date();
const earlier = new Date(later.getTime() - 5_000);

const edit = (edit_number: number, text: string): Happening => ({
  type: 'message.edited',
  payload: { source_message_id: mid, edit_number, text },
});
const unmarked = (channelId: string): Happening => ({
  type: 'message.echoed',
  payload: {
    message_id: messageId(channelId, mid),
    source_message_id: mid,
    content: { type: 'text', text: 'hello' },
    sender_type: 'app',
    app_id: appId,
  },
});
const react = (emoji: string | null): Happening => ({
  type: 'message.reacted',
  payload: { source_message_id: mid, reaction: emoji === null ? null : { emoji }, from_contact: true },
});

describe('what comes in another order than it happened', () => {
  let world: SendingWorld;

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  beforeEach(async () => {
    await world.database.query('delete from message_sources');
  });

  afterAll(() => world.close());

  it.each<[string, newer: Happening, older: Happening, stays: Partial<MessageEntity>]>([
    [
      'read, then delivered',
      { type: 'message.read', payload: ids },
      { type: 'message.delivered', payload: ids },
      { state: 'read' },
    ],
    [
      'the second edit, then the first',
      edit(2, 'right'),
      edit(1, 'wrong'),
      { content: { type: 'text', text: 'right' } },
    ],
    [
      'unsent, then edited',
      { type: 'message.deleted', payload: { source_message_id: mid } },
      edit(1, 'wrong'),
      { content: { type: 'deleted' } },
    ],
    [
      'a reaction, then the one before it',
      react('❤️'),
      react('😢'),
      { reactions: [expect.objectContaining({ emoji: '❤️', is_removed: false }) as never] },
    ],
    [
      'a reaction taken back, then given',
      react(null),
      react('😢'),
      { reactions: [expect.objectContaining({ is_removed: true }) as never] },
    ],
  ])('%s: never goes back (interleaving 9)', async (_, newer, older, stays) => {
    const chat = await world.newChat();
    const message = await world.ended(chat, accepted(mid));
    await world.happen(chat, newer, later);
    const before = await world.look.told(chat);
    await world.happen(chat, older, earlier);
    expect(await world.look.row(message.id)).toMatchObject(stays);
    expect(await world.look.told(chat)).toEqual(before);
  });

  it('an echo without our mark, then Graph’s answer: one message (interleaving 8)', async () => {
    const chat = await world.newChat();
    const message = await world.send(chat);
    const turn = await world.taken(chat);
    await world.happen(chat, unmarked(world.channelId));
    expect(await world.look.ours(chat)).toHaveLength(1);
    await world.end(turn, accepted(mid));
    expect(only(await world.look.ours(chat), 'message')).toMatchObject({
      id: message.id,
      state: 'sent',
      source_message_id: mid,
    });
  });

  it('an echo without our mark, then a refusal: a message of its own (interleaving 8)', async () => {
    const chat = await world.newChat();
    await world.send(chat);
    const turn = await world.taken(chat);
    await world.happen(chat, unmarked(world.channelId));
    await world.end(turn, refused);
    const states = (await world.look.ours(chat)).map(({ state, source_message_id: id }) => ({ state, id }));
    expect(new Set(states)).toEqual(
      new Set([
        { state: 'failed', id: null },
        { state: 'sent', id: mid },
      ]),
    );
  });

  it('its result twice, the second after it was sent again: nobody hears the second (interleaving 4)', async () => {
    const chat = await world.newChat();
    const message = await world.ended(chat, refused);
    await world.resend(message.id);
    await world.database.query(
      `select log_append('channel.events', partition::text, key, workspace_id::text, headers, value) from log_records
       where topic = 'channel.events' and value like $1`,
      [`%${message.id}%`],
    );
    await world.project();
    expect(await world.look.row(message.id)).toMatchObject({ state: 'pending', attempt: 2, failure: null });
  });
});
