import type { Message } from '#libs/messaging';
import { newMid, textItem } from '../harness/facebook-items.js';
import { at } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { textOf } from '../harness/texts.js';
import { waitFor } from '../harness/wait-for.js';

const PEOPLE = 5;
const SENDS_EACH = 3;
const ARRIVALS = 100;

describe('a page whose token dies while 100 messages arrive', () => {
  let product: Product;
  let connected: ConnectedPage;
  let stream: StreamReader;
  let chats: Chat[];
  let arrived: string[];
  let waiting: Message[];
  let newToken: string;

  const health = async (): Promise<unknown> => (await product.client.channelInfo(connected.channel.id)).health;
  const accepted = async (): Promise<string[]> =>
    (await product.facebook.state()).sends.flatMap(({ outcome, text }) => (outcome === 'accepted' ? [text ?? ''] : []));
  const textOfSend = (person: number, number: number): string => `to ${person}: ${number}`;
  const arrive = async (mid: string, index: number): Promise<void> => {
    const chat = at(chats, index % PEOPLE);
    await product.webhooks.deliver(chat.pageId, [textItem({ ...chat, text: `written ${index}`, mid })]);
  };
  const sendAll = async (): Promise<Message[]> => {
    const sent: Message[] = [];
    for (let number = 0; number < SENDS_EACH; number += 1) {
      const texts = chats.map(({ conversationId }, person) =>
        product.client.sendText(conversationId, textOfSend(person, number)),
      );
      sent.push(...(await Promise.all(texts)));
    }
    return sent;
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ delivery: 'off' });
    connected = await product.connectPage();
    stream = await product.client.stream();
    chats = await startChats(product, connected, PEOPLE);
    arrived = Array.from({ length: ARRIVALS }, () => newMid());
    ({ page_token: newToken } = await product.facebook.renewTokens(connected.page.page_id));
    [waiting] = await Promise.all([sendAll(), Promise.all(arrived.map(arrive))]);
  }, 60_000);

  afterAll(stopAll);

  it('says that it has to be connected again, stores every message, and keeps what waits', async () => {
    await waitFor('reauth_required', async () => JSON.stringify(await health()).includes('reauth_required'));
    for (const mid of arrived) await stream.waitForMid(mid);
    const states = await Promise.all(waiting.map(async ({ id }) => (await product.client.message(id)).state));
    expect(states).toEqual(waiting.map(() => 'pending'));
    expect(await accepted()).toEqual([]);
  });

  it('is connected in its place: the same channel, all of its history, and what waited goes out, once and in order', async () => {
    const { page_id: pageId } = connected.page;
    const again = await product.client.connect({ page_id: pageId, page_token: newToken });
    expect(again).toMatchObject({ id: connected.channel.id, health: { state: 'connected' } });
    for (const { id } of waiting) await stream.waitForState(id, 'sent', 20_000);
    const texts = await accepted();
    expect(texts.toSorted()).toEqual(waiting.map(textOf).toSorted());
    for (const [person, chat] of chats.entries()) {
      const own = texts.filter((text) => text.startsWith(`to ${person}:`));
      expect(own).toEqual(Array.from({ length: SENDS_EACH }, (_, number) => textOfSend(person, number)));
      const history = await product.client.allMessages(chat.conversationId);
      expect(history).toHaveLength(1 + ARRIVALS / PEOPLE + SENDS_EACH);
      expect(new Set(history.map(({ channel_id: id }) => id))).toEqual(new Set([connected.channel.id]));
    }
  }, 40_000);
});
