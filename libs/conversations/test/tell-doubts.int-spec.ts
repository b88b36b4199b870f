import { declareRestored } from '#libs/database';
import { beforeSecond } from './sending-parts.js';
import { SendingWorld } from './sending-world.js';

const perPage = 2;

describe('what is told of the sends that a restored database holds as waiting', () => {
  let world: SendingWorld;
  let chat: string;

  const sendFive = async (): Promise<string[]> => {
    chat = await world.newChat();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await world.send(chat)).id);
    return ids;
  };
  const expectToldOnce = async (ids: readonly string[]): Promise<void> => {
    await world.project();
    expect((await world.look.toldUnknown(chat)).sort()).toEqual([...ids].sort());
    expect(await world.tellDoubts(perPage)).toBe(0);
  };

  beforeAll(async () => {
    world = await SendingWorld.open();
  });

  afterAll(() => world.close());

  it('is told page by page, of each once', async () => {
    const ids = await sendFive();
    expect(await declareRestored(world.database)).toBe(5);
    expect(await world.tellDoubts(perPage)).toBe(5);
    await expectToldOnce(ids);
  });

  it.each<[string, read: () => Promise<void>, left: number]>([
    ['was read already', () => world.project(), 3],
    ['was not read yet', () => Promise.resolve(), 5],
  ])('is the rest after a crash between two pages, when the first page %s', async (_, read, left) => {
    const ids = await sendFive();
    await declareRestored(world.database);
    const dying = beforeSecond(world.database, () => Promise.reject(new Error('killed')));
    await expect(world.tellDoubts(perPage, dying)).rejects.toThrow('killed');
    await read();
    expect(await world.tellDoubts(perPage)).toBe(left);
    await expectToldOnce(ids);
  });

  it('is everything again when the data go back once more between two pages', async () => {
    const held = await sendFive();
    const heldChat = chat;
    const due = (at: string): Promise<unknown> =>
      world.database.query(`update send_lanes set next_due = ${at} where conversation_id = $1`, [heldChat]);
    await due('null');
    const ids = await sendFive();
    expect(await declareRestored(world.database)).toBe(5);
    const goingBack = beforeSecond(world.database, async () => {
      await due('now()');
      await declareRestored(world.database);
    });
    expect(await world.tellDoubts(perPage, goingBack)).toBe(2);
    expect(await world.tellDoubts(perPage)).toBe(10);
    await expectToldOnce(ids);
    chat = heldChat;
    await expectToldOnce(held);
  });
});
