import { messageId, type Message } from '#libs/messaging';
import { at, only } from '../../../test/harness/only.js';
import { accepted, refused, unknown } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

describe('a message that is sent again', () => {
  let world: SendingWorld;
  let chat: string;
  let mids = 0;

  const newMid = (): string => {
    mids += 1;
    return `m_ours_${mids}`;
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code: unknown }).code,
    );
  const setChannel = (state: string): Promise<unknown> =>
    world.database.query('update channels set state = $1', [state]);

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  beforeEach(async () => {
    chat = await world.newChat();
  });

  afterAll(() => world.close());

  it('is pending again, a version further, without its failure, and is told and called once more', async () => {
    const message = await world.ended(chat, refused);
    const failed = await world.look.row(message.id);
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'graph_refused' } });
    const again = await world.resend(message.id);
    expect(again).toMatchObject({
      id: message.id,
      state: 'pending',
      delivery_state: 'pending',
      version: failed.version + 1,
      sent_at: message.sent_at,
    });
    expect(again).not.toHaveProperty('failure');
    expect(at(await world.look.told(chat), -1)).toMatchObject({ type: 'message.updated', payload: { message: again } });
    const commands = await world.database.query(
      `select 1 from log_records where topic = 'channel.commands' and value::json ->> 'message_id' = $1`,
      [message.id],
    );
    expect(commands).toHaveLength(2);
    expect((await world.taken(chat)).message).toMatchObject({ id: message.id, attempt: 2 });
  });

  it('goes out before what was written after it', async () => {
    const first = await world.ended(chat, refused);
    await world.send(chat);
    await world.resend(first.id);
    expect((await world.taken(chat)).message.id).toBe(first.id);
  });

  describe('is refused', () => {
    it('when it is pending, sent, or the contact’s', async () => {
      const pending = await world.send(chat);
      expect(await codeOf(world.resend(pending.id))).toBe('message_not_resendable');
      await world.end(await world.taken(chat), accepted(newMid()));
      expect(await codeOf(world.resend(pending.id))).toBe('message_not_resendable');
      const [theirs] = await world.database.query<{ id: string }>(
        'select id from messages where conversation_id = $1 and from_contact',
        [chat],
      );
      expect(await codeOf(world.resend(String(theirs?.id)))).toBe('message_not_resendable');
    });

    it('when it is not there', async () => {
      expect(await codeOf(world.resend('0190a6c0-0000-7000-8000-000000000001'))).toBe('not_found');
    });

    it('while its channel is disconnected', async () => {
      const message = await world.ended(chat, refused);
      await setChannel('disconnected');
      expect(await codeOf(world.resend(message.id))).toBe('channel_disconnected');
      await setChannel('connected');
      expect(await codeOf(world.resend(message.id))).toBe('done');
    });

    it('when its window has closed meanwhile', async () => {
      const message = await world.ended(chat, refused);
      await world.database.query(
        `update conversations set window_opened_at = now() - interval '24 hours 1 second' where id = $1`,
        [chat],
      );
      expect(await codeOf(world.resend(message.id))).toBe('window_closed');
      expect(await world.look.row(message.id)).toMatchObject({ state: 'failed', attempt: 1 });
    });

    it('the second of two at once', async () => {
      const message = await world.ended(chat, refused);
      const codes = await Promise.all([codeOf(world.resend(message.id)), codeOf(world.resend(message.id))]);
      expect(codes.toSorted()).toEqual(['done', 'message_not_resendable']);
      expect(await world.look.row(message.id)).toMatchObject({ attempt: 2 });
    });
  });

  describe('when the attempt before it turns out to have been sent', () => {
    const again = async (): Promise<Message> => {
      const message = await world.unknown(chat);
      expect(await world.look.row(message.id)).toMatchObject({
        state: 'unknown',
        failure: { code: 'outcome_unknown' },
      });
      return world.resend(message.id);
    };
    const expectTwo = async (message: Message, first: string, second: string): Promise<void> => {
      const [original, duplicate] = await world.look.ours(chat);
      expect(original).toMatchObject({ id: message.id, state: 'sent', source_message_id: first, failure: null });
      expect(duplicate).toMatchObject({
        id: messageId(world.channelId, second),
        state: 'sent',
        source_message_id: second,
        content: { type: 'text', text: 'hello' },
        sender_type: 'agent',
        metadata: { ticket: 7, duplicate_of: message.id },
      });
      expect(await world.look.ours(chat)).toHaveLength(2);
      const created = (await world.look.told(chat)).filter(({ type }) => type === 'message.created');
      expect(at(created, -1).payload).toMatchObject({
        message: { id: duplicate?.id, metadata: { duplicate_of: message.id } },
      });
      expect(await world.look.attempts(message.id)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }]);
    };

    it('is sent, and not called', async () => {
      const message = await again();
      const mid = newMid();
      await world.echo(message, { attempt: 1, mid });
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
      expect(await world.take(chat)).toBeNull();
      expect(await world.look.attempts(message.id)).toMatchObject([{ attempt: 1, state: 'accepted' }]);
      expect(await codeOf(world.resend(message.id))).toBe('message_not_resendable');
    });

    it('is not called while somebody is writing that down', async () => {
      const message = await again();
      let commit: () => void = () => undefined;
      const isWritten = new Promise<void>((resolve) => {
        commit = resolve;
      });
      let start: () => void = () => undefined;
      const isStarted = new Promise<void>((resolve) => {
        start = resolve;
      });
      const projector = world.database.transaction(async (sql) => {
        await sql.query(`update messages set state = 'sent' where id = $1`, [message.id]);
        start();
        await isWritten;
      });
      await isStarted;
      const turn = await world.take(chat);
      commit();
      await projector;
      expect(turn).toBeNull();
      await world.pass(chat, 1);
      expect(await world.take(chat)).toBeNull();
      expect(await world.look.attempts(message.id)).toHaveLength(1);
    });

    it('during its call, and the call is refused: it is sent', async () => {
      const message = await again();
      const turn = await world.taken(chat);
      await world.echo(message, { attempt: 1, mid: newMid() });
      await world.end(turn, refused);
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', failure: null });
      expect(await world.look.ours(chat)).toHaveLength(1);
    });

    it('after its call was refused: it is sent (interleaving 4)', async () => {
      const message = await again();
      await world.end(await world.taken(chat), refused);
      expect(await world.look.row(message.id)).toMatchObject({ state: 'failed', attempt: 2 });
      await world.echo(message, { attempt: 1, mid: newMid() });
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', failure: null });
    });

    it('during its call, which is taken too: the second is a message of its own', async () => {
      const message = await again();
      const turn = await world.taken(chat);
      const [first, second] = [newMid(), newMid()];
      await world.echo(message, { attempt: 1, mid: first });
      await world.end(turn, accepted(second));
      await expectTwo(message, first, second);
    });

    it('after its call was taken: the late one is a message of its own (interleaving 4)', async () => {
      const message = await again();
      const [late, called] = [newMid(), newMid()];
      await world.end(await world.taken(chat), accepted(called));
      await world.echo(message, { attempt: 1, mid: late });
      await expectTwo(message, called, late);
    });

    it('by an answer that comes late: the same', async () => {
      const message = await world.ended(chat, unknown);
      await world.pass(chat, 121);
      await world.take(chat);
      await world.project();
      await world.resend(message.id);
      const second = await world.taken(chat);
      const [one, two] = [newMid(), newMid()];
      await world.end(second, accepted(two));
      await world.end(SendingWorld.firstAttemptOf(second), accepted(one));
      await expectTwo(message, two, one);
    });

    it('the next message does not wait longer than for the call', async () => {
      const message = await again();
      const turn = await world.taken(chat);
      const next = await world.send(chat);
      await world.echo(message, { attempt: 1, mid: newMid() });
      expect(await world.take(chat)).toBeNull();
      await world.end(turn, accepted(newMid()));
      expect((await world.taken(chat)).message.id).toBe(next.id);
    });

    it('both have their own receipts, and an echo behind an answer makes no third', async () => {
      const message = await again();
      const [first, second] = [newMid(), newMid()];
      await world.end(await world.taken(chat), accepted(first));
      const echoedAt = new Date(Date.now() + 5_000);
      for (const [attempt, mid] of [
        [1, second],
        [2, first],
        [1, second],
      ] as const)
        await world.echo(message, { attempt, mid, at: echoedAt });
      expect(await world.look.ours(chat)).toHaveLength(2);
      await world.delivered(chat, second);
      const [original, duplicate] = await world.look.ours(chat);
      expect(original).toMatchObject({ state: 'sent', source_sent_at: echoedAt });
      expect(duplicate).toMatchObject({ state: 'delivered', source_sent_at: echoedAt });
    });
  });

  it('does not hear a late refusal of the attempt before it (interleaving 4)', async () => {
    const message = await world.ended(chat, unknown);
    await world.pass(chat, 121);
    await world.take(chat);
    await world.project();
    await world.resend(message.id);
    const turn = await world.taken(chat);
    await world.end(SendingWorld.firstAttemptOf(turn), refused);
    expect(await world.look.row(message.id)).toMatchObject({ state: 'pending', attempt: 2, failure: null });
  });

  it('whatever comes first, the order to send it again or the proof that it was sent (interleaving 4)', async () => {
    for (let round = 0; round < 15; round += 1) {
      const conversation = await world.newChat();
      const message = await world.unknown(conversation);
      const mid = newMid();
      const [code] = await Promise.all([codeOf(world.resend(message.id)), world.echo(message, { attempt: 1, mid })]);
      expect(['done', 'message_not_resendable']).toContain(code);
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
      expect(await world.take(conversation)).toBeNull();
      expect(only(await world.look.ours(conversation), 'message of ours').failure).toBeNull();
    }
  });
});
