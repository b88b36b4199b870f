import type { SendOutcome } from '#libs/channels/kit';
import type { Database } from '#libs/database';
import type { Message } from '#libs/messaging';
import { counted, meetAtCommit, meetInBetween } from './meet.js';
import { accepted, notSent, refused, unknown } from './sending-parts.js';
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

  const meet = async (first: 'echo' | 'end', message: Message, outcome: SendOutcome, mid: string): Promise<void> => {
    const turn = await world.taken(message.conversation_id);
    const echo = (through: Database): Promise<void> => world.echo(message, { attempt: 1, mid }, through);
    const end = (through: Database): Promise<void> => world.closeTurn(turn, outcome, through);
    const [one, other] = ({ echo: [echo, end], end: [end, echo] } as const)[first];
    await meetAtCommit(world.database, one, other);
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

  // interleaving 11: whoever locked the attempt first would meet somebody who has the lane and waits for the attempt
  it.each(Object.entries({ ...answers, 'is that nothing was sent': (_: string) => notSent() }))(
    'waits for its lane when it comes between two statements of the end, and nobody for ever (answer %s)',
    async (_, outcomeOf) => {
      const { database, runs } = counted(world.database);
      const chat = await world.newChat();
      const mid = `m_between_${chat}`;
      const message = await world.send(chat);
      const turn = await world.taken(chat);
      await meetInBetween(
        database,
        (through) => world.closeTurn(turn, outcomeOf(mid), through),
        (through) => world.echo(message, { attempt: 1, mid }, through),
      );
      expect(runs()).toBe(2);
      await world.project();
      expect(await world.look.row(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
    },
  );
});
