import { echoItem, newMid } from '../harness/facebook-items.js';
import { at, only, present } from '../harness/only.js';
import type { Chat } from '../harness/start-product.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { amongProcesses } from '../points/excused-points.js';
import { buildFaulty, notesIn, readNotes, type Faulty } from '../points/faulty-product.js';
import { RoleWorld } from '../points/role-world.js';

const handler = 'handler.projector.channel.events';
const opening = 'insert into send_attempts';
const closing = 'update send_attempts set state';

describe('a role that is frozen and woken', () => {
  const notes = makeHome();
  let world: RoleWorld;
  let projector: Faulty;
  let sender: Faulty;

  const unread = async ({ conversationId }: Chat): Promise<number> =>
    (await world.client.conversation(conversationId)).metadata.unread_count;
  const write = async (chat: Chat): Promise<string> => {
    const mid = newMid();
    await world.webhooks.deliverText({ ...chat, text: `mid ${mid}`, mid });
    return mid;
  };
  const untilShown = (chat: Chat, mid: string): Promise<unknown> =>
    waitFor('the message', () => world.client.messageByMid(chat.channelId, mid));
  const echo = (chat: Chat, mid: string, metadata?: string): Promise<void> =>
    world.webhooks.deliver(chat.pageId, [
      echoItem({ ...chat, text: 'sent', mid, appId: world.appId, ...(metadata !== undefined && { metadata }) }),
    ]);
  const ours = async ({ conversationId }: Chat): Promise<{ id: string; state: string }[]> =>
    (await world.client.allMessages(conversationId)).filter(({ from_contact: isTheirs }) => !isTheirs);
  const stateOf = async (id: string): Promise<string> => (await world.client.message(id)).state;

  beforeAll(async () => {
    buildFaulty();
    world = await RoleWorld.start(notesIn(notes));
    [projector, sender] = await Promise.all([world.startFaulty('projector'), world.startFaulty('sender')]);
  }, 90_000);

  afterAll(async () => {
    await world.close();
    removeHomes();
  });

  it('interleaving 8: an echo before the commit of the send’s result is that one message', async () => {
    const chat = await world.newChat();
    await sender.arm({ point: 'database.commit.before', about: closing, deed: 'stop' });
    const { id } = await world.client.sendText(chat.conversationId, 'sent');
    await sender.frozen();
    const mid = present(at(await world.facebook.sendsOf(id), 0).mid, 'mid');
    await echo(chat, mid, `p1:${id}:1`);
    // the frozen one holds the lane for 2 s at most
    await waitFor('the echo to settle it', async () => (await stateOf(id)) === 'sent');
    sender.wake();
    const next = await world.client.sendText(chat.conversationId, 'the next');
    await waitFor('the next to be sent', async () => (await stateOf(next.id)) === 'sent');
    expect(await ours(chat)).toHaveLength(2);
    expect(await world.attempts(id)).toEqual([{ attempt: 1, state: 'accepted', tries: 1 }]);
    expect(await world.facebook.sendsOf(id)).toHaveLength(1);
  }, 30_000);

  it('interleaving 8: an echo of ours without its mark waits for Graph’s answer, and makes no second message', async () => {
    const chat = await world.newChat();
    await sender.arm({ point: 'graph.send.answered', deed: 'stop' });
    const { id } = await world.client.sendText(chat.conversationId, 'sent');
    await sender.frozen();
    const mid = present(at(await world.facebook.sendsOf(id), 0).mid, 'mid');
    await echo(chat, mid);
    await untilShown(chat, await write(chat));
    expect(await ours(chat)).toMatchObject([{ id, state: 'pending' }]);
    sender.wake();
    await waitFor('the answer to settle it', async () => (await stateOf(id)) === 'sent');
    await untilShown(chat, await write(chat));
    expect(only(await ours(chat))).toMatchObject({ id, source_message_id: mid });
  }, 30_000);

  it('interleaving 14: a sender that slept between its attempt and its call makes none, though another has taken its lane', async () => {
    const chat = await world.newChat();
    await sender.arm({ point: 'database.commit.after', about: opening, deed: 'stop' });
    const first = await world.client.sendText(chat.conversationId, 'the first');
    await sender.frozen();
    const frozenAt = performance.now();
    const second = await world.client.sendText(chat.conversationId, 'the second');
    const other = await world.startFaulty('sender');
    await world.ageSend(chat.conversationId);
    await waitFor('the second to be sent', async () => (await stateOf(second.id)) === 'sent');
    expect(await stateOf(first.id)).toBe('unknown');
    // the other's time was moved on, its own clock was not
    await waitFor('its attempt to be old', () => performance.now() - frozenAt > 2_050);
    sender.wake();
    // what it does next proves that it is awake
    const third = await world.client.sendText(chat.conversationId, 'the third');
    await waitFor('the third to be sent', async () => (await stateOf(third.id)) === 'sent');
    await waitFor('the zombie to have looked', () => sender.process.output().includes('not_sent'));
    expect(await world.facebook.sendsOf(first.id)).toEqual([]);
    expect(await stateOf(first.id)).toBe('unknown');
    expect(await world.attempts(first.id)).toEqual([{ attempt: 1, state: 'unknown', tries: 1 }]);
    other.process.killAll();
  }, 40_000);

  it('interleaving 3: a projector frozen with its locks in its hands holds nobody up for more than 3 s', async () => {
    const chat = await world.newChat();
    await projector.arm({ point: `${handler}.after`, deed: 'stop' });
    const mid = await write(chat);
    await projector.frozen();
    const startedAt = performance.now();
    await write(chat);
    await waitFor('the order to be taken', () => world.client.sendText(chat.conversationId, 'meanwhile'));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    projector.wake();
    await untilShown(chat, mid);
    expect(await unread(chat)).toBe(3);
  }, 30_000);

  it.each([
    ['read its batch', `${handler}.before`],
    ['applied its batch, before the commit', `${handler}.after`],
  ])(
    'interleaving 2: a projector that slept after it had %s changes nothing when another has taken its partitions',
    async (_, point) => {
      const chat = await world.newChat();
      const stream = await world.client.stream({ query: { conversation_id: chat.conversationId } });
      await projector.arm({ point, deed: 'stop' });
      const mid = await write(chat);
      await projector.frozen();
      const other = await world.startFaulty('projector');
      await world.endLeases();
      await waitFor('the other to take over', () => world.client.messageByMid(chat.channelId, mid), 20_000);
      const later = await write(chat);
      await untilShown(chat, later);
      projector.wake();
      expect(await other.process.stop()).toMatchObject({ code: 0 });
      const last = await write(chat);
      await stream.waitForMid(last, 20_000);
      expect(stream.created.map((message) => message.source_message_id)).toEqual([mid, later, last]);
      expect(await unread(chat)).toBe(4);
      expect((await world.client.messages(chat.conversationId)).pagination_data.total).toBe(4);
      stream.close();
    },
    60_000,
  );

  it('passes the points that only processes beside others have', () => {
    expect([...readNotes(notes).keys()]).toEqual(expect.arrayContaining([...amongProcesses]));
  });
});
