import { sendStore } from '#libs/database';
import { waitFor } from '../../../test/harness/wait-for.js';
import { accepted, notSent, reauth, refused, unknown, workspace } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

describe('the turns of a conversation', () => {
  let world: SendingWorld;
  let chat: string;

  const wakeChannel = (): Promise<void> =>
    world.database.transaction((sql) => sendStore.wakeChannel(workspace, sql, world.channelId));

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  beforeEach(async () => {
    chat = await world.newChat();
  });

  afterAll(() => world.close());

  describe('after what was not sent', () => {
    it('wait as long as the source wants', async () => {
      const message = await world.ended(chat, notSent(90_000));
      expect(await world.look.dueIn(chat)).toBeCloseTo(90, -1);
      expect(await world.take(chat)).toBeNull();
      expect(await world.look.row(message.id)).toMatchObject({ state: 'pending' });
      await world.pass(chat, 91);
      expect(await world.taken(chat)).toMatchObject({ message: { id: message.id, attempt: 1 }, tries: 2 });
    });

    it('wait longer each time by themselves, and fail in the end', async () => {
      const message = await world.send(chat);
      for (let tries = 1; tries < 10; tries += 1) {
        await world.end(await world.taken(chat), notSent());
        const base = Math.min(2 ** (tries - 1), 300);
        const wait = Number(await world.look.dueIn(chat));
        // a quarter less or more, and the moment that passed since
        expect(wait).toBeGreaterThan(base * 0.75 - 0.5);
        expect(wait).toBeLessThanOrEqual(base * 1.25);
        await world.pass(chat, base * 1.25 + 1);
      }
      await world.end(await world.taken(chat), notSent());
      expect(await world.look.row(message.id)).toMatchObject({ state: 'failed', failure: { code: 'graph_refused' } });
      expect(await world.look.attempts(message.id)).toEqual([{ attempt: 1, state: 'refused', tries: 10 }]);
    });

    it('do not let a later message overtake', async () => {
      await world.ended(chat, notSent(60_000));
      await world.send(chat);
      expect(await world.take(chat)).toBeNull();
    });
  });

  describe('after an outcome that nobody knows', () => {
    it('wait 120 s for the echo, then it is unknown, visibly, and the next goes out', async () => {
      const message = await world.ended(chat, unknown);
      const next = await world.send(chat);
      await world.pass(chat, 110);
      expect(await world.take(chat)).toBeNull();
      expect(await world.look.row(message.id)).toMatchObject({ state: 'pending' });
      await world.pass(chat, 11);
      expect(await world.take(chat)).toBeNull();
      await world.project();
      expect(await world.look.row(message.id)).toMatchObject({
        state: 'unknown',
        failure: { code: 'outcome_unknown', retryable: false },
      });
      const last = (await world.look.told(chat)).at(-1);
      expect(last).toMatchObject({
        payload: { message: { id: message.id, state: 'unknown', delivery_state: 'pending' } },
      });
      expect((await world.taken(chat)).message.id).toBe(next.id);
    });

    it('end with the echo, and do not wait', async () => {
      const message = await world.ended(chat, unknown);
      const next = await world.send(chat);
      await world.echo(message, { attempt: 1, mid: 'm_in_time' });
      expect((await world.taken(chat)).message.id).toBe(next.id);
    });
  });

  it('go on after a refusal', async () => {
    await world.ended(chat, refused);
    const next = await world.send(chat);
    expect((await world.taken(chat)).message.id).toBe(next.id);
  });

  describe('while the page has to be connected again', () => {
    const endWindowIn = (seconds: number): Promise<unknown> =>
      world.database.query(
        `update conversations set window_opened_at = clock_timestamp() - interval '24 hours' + make_interval(secs => $2) where id = $1`,
        [chat, seconds],
      );
    /** Looks when the lane is due, as the sweep does, until the message is no longer pending. */
    const untilEnded = (id: string): Promise<boolean> =>
      waitFor(`message ${id} to end`, async () => {
        await world.take(chat);
        await world.project();
        return (await world.look.row(id)).state !== 'pending';
      });

    afterEach(async () => {
      await world.database.query(`update channels set health_state = 'connected', health_reason = null`);
      await world.database.query('delete from send_lanes');
    });

    it('says so once, however many calls find out', async () => {
      const other = await world.newChat();
      await Promise.all([world.send(chat), world.send(other)]);
      const turns = [await world.taken(chat), await world.taken(other)] as const;
      const before = (await world.look.told(world.channelId)).length;
      await world.end(turns[0], reauth('The token is dead since 10:00.'));
      await world.end(turns[1], reauth('The token is dead since 10:01.'));
      expect((await world.look.told(world.channelId)).slice(before)).toMatchObject([
        {
          type: 'channel.updated',
          payload: { health: { state: 'reauth_required', reason: 'The token is dead since 10:00.' } },
        },
      ]);
    });

    it('an answer to a token that was replaced meanwhile says nothing', async () => {
      const message = await world.send(chat);
      const turn = await world.taken(chat);
      const channel = Object.assign(structuredClone(turn.channel), { token_sealed: 'the former' });
      await world.end({ ...turn, channel }, reauth('Dead.'));
      expect(await world.look.channel()).toMatchObject({ health_state: 'connected' });
      expect((await world.taken(chat)).message.id).toBe(message.id);
    });

    it('messages are accepted and wait, and go out when it is connected', async () => {
      const first = await world.ended(chat, reauth('Dead.'));
      const second = await world.send(chat);
      expect(await world.take(chat)).toBeNull();
      expect(await world.take(chat)).toBeNull();
      await world.database.query(`update channels set health_state = 'connected'`);
      await wakeChannel();
      const turn = await world.taken(chat);
      expect(turn).toMatchObject({ message: { id: first.id }, tries: 2 });
      await world.end(turn, accepted('m_after'));
      expect((await world.taken(chat)).message.id).toBe(second.id);
    });

    it('one whose window ends first fails, when it ends, and another waits on', async () => {
      await endWindowIn(2);
      const late = await world.ended(chat, reauth('Dead.'));
      const patient = await world.send(chat, { tag: 'HUMAN_AGENT' });
      expect(await world.take(chat)).toBeNull();
      expect(await world.look.dueIn(chat)).toBeLessThanOrEqual(2);
      expect(await world.look.row(late.id)).toMatchObject({ state: 'pending' });
      await untilEnded(late.id);
      expect(await world.look.row(late.id)).toMatchObject({
        state: 'failed',
        failure: { code: 'window_closed', category: 'policy', retryable: false },
      });
      expect(await world.look.row(patient.id)).toMatchObject({ state: 'pending' });
    });

    it('a message behind one that may wait longer still fails in its time', async () => {
      await endWindowIn(2);
      await world.ended(chat, reauth('Dead.'));
      await world.database.query('delete from messages where conversation_id = $1 and not from_contact', [chat]);
      const patient = await world.send(chat, { tag: 'HUMAN_AGENT' });
      expect(await world.take(chat)).toBeNull();
      const late = await world.send(chat);
      await untilEnded(late.id);
      expect(await world.look.row(patient.id)).toMatchObject({ state: 'pending' });
    });

    it('a window that the contact opens again is waited for anew', async () => {
      await endWindowIn(1);
      const message = await world.ended(chat, reauth('Dead.'));
      expect(await world.take(chat)).toBeNull();
      await world.receive(await world.contactOf(chat), new Date());
      await waitFor('the lane to be due', async () => Number(await world.look.dueIn(chat)) < 0);
      expect(await world.take(chat)).toBeNull();
      await world.project();
      expect(await world.look.row(message.id)).toMatchObject({ state: 'pending' });
    });
  });
});
