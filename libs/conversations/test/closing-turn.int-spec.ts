import type { SendOutcome } from '#libs/channels/kit';
import type { Database } from '#libs/database';
import type { Message } from '#libs/messaging';
import { waitFor } from '../../../test/harness/wait-for.js';
import { accepted, refused, unknown } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

const answers: Readonly<Record<string, (mid: string) => SendOutcome>> = {
  'is not known': () => unknown,
  'is yes': accepted,
  'is no': () => refused,
};
const cases = Object.keys(answers).flatMap((answer) =>
  (['echo', 'end'] as const).map((first) => [answer, first] as const),
);

// interleaving 8: the echo settles a send while its turn is just being closed. Both lock the lane first.
describe('an echo that meets the end of the turn of its send', () => {
  let world: SendingWorld;

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  afterAll(() => world.close());

  const untilBlocked = (): Promise<unknown> =>
    waitFor('one of the two to wait for the other', async () => {
      const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await world.database.query(sql)).length > 0;
    });

  /** The first has done all but its commit when the second comes. */
  const meet = async (first: 'echo' | 'end', message: Message, outcome: SendOutcome, mid: string): Promise<void> => {
    const turn = await world.taken(message.conversation_id);
    const echo = (through: Database): Promise<void> => world.echo(message, { attempt: 1, mid }, through);
    const end = (through: Database): Promise<void> => world.closeTurn(turn, outcome, through);
    const [one, other] = { echo: [echo, end] as const, end: [end, echo] as const }[first];
    let second: Promise<void> = Promise.resolve();
    const holding: Database = {
      ...world.database,
      transaction: (work) =>
        world.database.transaction(async (sql) => {
          const done = await work(sql);
          second = other(world.database);
          await untilBlocked();
          return done;
        }),
    };
    await one(holding);
    await second;
    await world.project();
  };

  it.each(cases)(
    'is its proof when Graph’s answer %s (the %s commits first), and the lane goes on at once',
    async (answer, first) => {
      const chat = await world.newChat();
      const mid = `m_closing_${chat}`;
      const message = await world.send(chat);
      const outcomeOf = answers[answer] as (mid: string) => SendOutcome;
      await meet(first, message, outcomeOf(mid), mid);
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
      expect(await world.look.ours(chat)).toHaveLength(1);
      expect(await world.look.dueIn(chat)).toBeLessThan(1);
      const next = await world.send(chat);
      expect((await world.taken(chat)).message.id).toBe(next.id);
    },
  );
});
