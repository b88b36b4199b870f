import { none } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { makeHome } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { at } from '../harness/only.js';
import { findWrongs, repeatEchoes, stillPending } from '../points/checker.js';
import { buildFaulty, Faulty, notesIn, readNotes } from '../points/faulty-product.js';
import { killingPoints, nameOf } from '../points/killing-points.js';
import { Script } from '../points/script.js';

describe('a process that dies', () => {
  const notes = makeHome();
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  let script: Script;
  let stream: StreamReader;

  const faulty = (): Faulty => new Faulty(product.process);

  beforeAll(async () => {
    buildFaulty();
    product = await Product.start({ bundle: 'faulty', env: { FAULTY_POINTS: notesIn(notes) } });
    connected = await product.connectPage();
    await product.leaveContactsAlone();
    chats = await startChats(product, connected, killingPoints.length);
    script = new Script(product);
  }, 60_000);

  afterAll(stopAll);

  it.each(killingPoints.map((fault, index) => [nameOf(fault), fault, index] as const))(
    'at %s, starts again and goes on',
    async (name, fault, index) => {
      await faulty().arm(fault);
      const played = script.play(at(chats, index));
      expect((await faulty().died(name)).signal).toBe('SIGKILL');
      product.killParley();
      await product.startParley();
      await played;
      expect(readNotes(notes).get(fault.point)).toContain(fault.deed);
    },
    40_000,
  );

  it('has lost, doubled, reordered and misreported nothing, and called Facebook once at most', async () => {
    await repeatEchoes(product);
    await waitFor(
      'every send to be settled',
      async () => none(await stillPending(product, script), 'pending') === undefined,
      30_000,
    );
    stream = await product.client.stream({ query: { cursor: 'earliest' } });
    await waitFor(
      'everything to be right',
      async () => none(await findWrongs(product, script, stream), 'wrongs') === undefined,
    );
    expect(script.outbound.flatMap(({ answers }) => answers).filter(({ status }) => status === 409)).toEqual([]);
  }, 60_000);
});
