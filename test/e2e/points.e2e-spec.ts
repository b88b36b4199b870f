import { withDatabase } from '../harness/embedded-database.js';
import { readItem } from '../harness/facebook-items.js';
import { freePort } from '../harness/free-port.js';
import { at, only, present } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { makeHome } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { findWrongs, isRight, isSettled, repeatEchoes } from '../points/checker.js';
import { amongProcesses, nowherePassed } from '../points/excused-points.js';
import { buildFaulty, describeNotes, Faulty, notesIn, readNotes } from '../points/faulty-product.js';
import { killingPoints, losingPoints, nameOf } from '../points/killing-points.js';
import { listPoints, pointsOfConsumer } from '../points/list-points.js';
import { idOf, Script } from '../points/script.js';

const MORE_CHATS = 4;

describe('a process with a fault at one point of its ports', () => {
  const notes = makeHome();
  let product: Product;
  let metrics: string;
  let connected: ConnectedPage;
  let chats: Chat[];
  let script: Script;
  /** Of the first start of the database. */
  let cursorOfBefore: string;

  const faulty = (): Faulty => new Faulty(product.process);
  const newChat = (): Chat => present(chats.pop(), 'a chat');
  const startAgain = async (): Promise<void> => {
    product.killParley();
    await product.startParley();
  };
  const query = <Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    withDatabase(product.home, (database) => database.query<Row>(sql, parameters));
  const stateOf = async (id: string): Promise<string> => (await product.client.message(id)).state;

  beforeAll(async () => {
    buildFaulty();
    const port = await freePort();
    metrics = `http://127.0.0.1:${port}/metrics`;
    const env = { FAULTY_POINTS: notesIn(notes), METRICS_PORT: String(port) };
    product = await Product.start({ bundle: 'faulty', env });
    const stream = await product.client.stream();
    cursorOfBefore = await waitFor('a cursor', () => stream.lastId);
    stream.close();
    connected = await product.connectPage();
    await product.startChat(connected);
    await waitFor('the first contact to be asked for', () => readNotes(notes).has('graph.fetch.answered'));
    await product.leaveContactsAlone();
    // so that the next start looks after the page
    await query('update channels set upkeep_due = now()');
    chats = await startChats(product, connected, killingPoints.length + losingPoints.length + MORE_CHATS);
    script = new Script(product);
  }, 60_000);

  afterAll(stopAll);

  it.each(killingPoints.map((fault) => [nameOf(fault), fault] as const))(
    'dies at %s, starts again and goes on',
    async (name, fault) => {
      await faulty().arm(fault);
      const played = script.play(newChat());
      expect((await faulty().died(name)).signal).toBe('SIGKILL');
      await startAgain();
      await played;
      expect(readNotes(notes).get(fault.point)).toContain(fault.deed);
    },
    40_000,
  );

  it('interleaving 15: dies when Facebook had refused: nobody calls again', async () => {
    const chat = newChat();
    await product.facebook.fail({ mode: 'refuse', code: 551, recipient_id: chat.psid });
    await faulty().arm({ point: 'graph.send.answered', about: chat.psid, deed: 'kill' });
    const sending = script.send(chat);
    await faulty().died('the answer');
    await startAgain();
    const sent = await sending;
    expect(await product.facebook.sendsOf(idOf(sent))).toMatchObject([{ outcome: 'refused' }]);
    expect(await stateOf(idOf(sent))).toBe('pending');
  }, 30_000);

  it('interleaving 17b: a crash leaves nothing of a call: repeated, it is taken at once', () => {
    const statuses = script.outbound.flatMap(({ answers }) => answers.map(({ status }) => status));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it.each(losingPoints.map((fault) => [nameOf(fault), fault] as const))(
    'interleaving 20: does not hear that it was stored: %s',
    async (_, fault) => {
      await faulty().arm(fault);
      await script.play(newChat());
      await faulty().reached(fault.point);
      expect(readNotes(notes).get(fault.point)).toContain('lose');
    },
    30_000,
  );

  it('interleaving 14: slept for 2 s between its attempt and its call: makes none, and begins anew', async () => {
    const chat = newChat();
    // as the attempt is opened: no other turn is to sleep
    const workspace = only(await query<{ id: string }>('select id from workspaces'));
    const opening = `,1,${workspace.id},${chat.conversationId},${chat.channelId},`;
    await faulty().arm({ point: 'database.commit.after', about: opening, deed: 'stop' });
    const sending = script.send(chat);
    await faulty().frozen();
    const frozenAt = performance.now();
    await waitFor('the attempt to be old', () => performance.now() - frozenAt > 2_050);
    faulty().wake();
    const sent = await sending;
    await waitFor('it to be sent', async () => (await stateOf(idOf(sent))) !== 'pending');
    const attempts = await query<{ tries: number }>('select tries from send_attempts where message_id = $1', [
      idOf(sent),
    ]);
    expect(attempts).toEqual([{ tries: 2 }]);
    expect(await product.facebook.sendsOf(idOf(sent))).toHaveLength(1);
  }, 30_000);

  it('interleaving 18: what is told of a message is never older than what was told before', async () => {
    const chat = newChat();
    const sent = await script.send(chat);
    const stream = await product.client.stream({ query: { cursor: 'earliest', conversation_id: chat.conversationId } });
    await stream.waitForState(idOf(sent), 'sent');
    // it has read, and not yet written
    const read = 'transaction.query.after';
    await faulty().arm({ point: read, about: 'last_message_id is not null', deed: 'hold' });
    const patch = { subject: 'message', id: idOf(sent), data: { ticket: 'ticket-18' } };
    const patched = product.client.call('metadata.upsert', patch);
    await faulty().reached(read);
    await product.webhooks.deliver(chat.pageId, [readItem(chat, Date.now() + 60_000)]);
    await waitFor('the projector to wait', async () => {
      const waiting = await query(`select from pg_stat_activity where wait_event_type = 'Lock'`);
      return waiting.length > 0;
    });
    await faulty().release(read);
    expect((await patched).status).toBe(204);
    await stream.waitForState(idOf(sent), 'read');
    const versions = stream.versionsOf(idOf(sent));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(at(stream.updates, -1)).toMatchObject({
      payload: { message: { state: 'read', metadata: { user_data: { ticket: 'ticket-18' } } } },
    });
    stream.close();
  }, 30_000);

  it('has lost, doubled, reordered and misreported nothing, and called Facebook once at most', async () => {
    await repeatEchoes(product);
    await waitFor('every send to be settled', () => isSettled(product, script), 30_000);
    const stream = await product.client.stream({ lastEventId: cursorOfBefore });
    await waitFor('everything to be right', () => isRight(product, script, stream));
    expect(await findWrongs(product, script, stream)).toEqual([]);
    stream.close();
  }, 60_000);

  it('has passed every point of every port', async () => {
    expect((await product.client.raw('/health/ready', { method: 'GET' })).status).toBe(200);
    expect((await fetch(metrics)).status).toBe(200);
    const consumers = await query<{ group: string; topic: string }>(
      'select distinct consumer_group as group, topic from consumer_positions',
    );
    await product.client.disconnect(connected.channel.id);
    expect(await product.stopParley()).toEqual({ code: 0, signal: null });

    const excused = new Set([...nowherePassed, ...amongProcesses]);
    const listed = [...listPoints(), ...consumers.flatMap(pointsOfConsumer)].filter((point) => !excused.has(point));
    const passed = readNotes(notes);
    process.stdout.write(describeNotes(listed, passed));
    expect([...passed.keys()].toSorted()).toEqual([...new Set(listed)].toSorted());
  }, 30_000);
});
