import type { Message } from '#libs/messaging';
import { copyCold } from '../harness/cold-copy.js';
import { echoItem, newMid, textItem } from '../harness/facebook-items.js';
import { only, present } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { StreamPair } from '../harness/stream-pair.js';
import { clusterOf } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

/** interleavings.md 7: the backup is a cold copy, and the product went on after it. */
describe('a Parley whose database was put back from a backup', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  /** Sent and answered for before the backup. */
  let before: Message;
  /** Accepted, and waiting for a token, in the backup; sent after it. */
  let waiting: Message[];
  /** Its call had no answer when the backup was made; its echo came after it. */
  let open: Message;
  /** Accepted after the backup. */
  let lost: Message;
  let oldCursors: [string, string];
  let earlyCursor: string;
  let lateMid: string;

  const chat = (index: number): Chat => present(chats[index], `chat ${index}`);
  const callsFor = async ({ id }: Message): Promise<number> => (await product.facebook.sendsOf(id)).length;
  const acceptedFor = async ({ id }: Message): Promise<number> =>
    (await product.facebook.sendsOf(id)).filter(({ outcome }) => outcome === 'accepted').length;
  const stateOf = async ({ id }: Message): Promise<string> => (await product.client.message(id)).state;
  const callOf = async ({ id }: Message): Promise<{ mid: string; text: string; metadata: string }> => {
    const call = only((await product.facebook.sendsOf(id)).filter(({ outcome }) => outcome === 'accepted'));
    return {
      mid: present(call.mid, 'mid'),
      text: present(call.text, 'text'),
      metadata: present(call.metadata, 'metadata'),
    };
  };
  const reconnect = (token: string): Promise<unknown> =>
    product.client.connect({ page_id: connected.page.page_id, page_token: token });

  const work = async (): Promise<void> => {
    chats = await startChats(product, connected, 4);
    before = await product.client.sendText(chat(0).conversationId, 'before');
    const stream = await product.client.stream({ query: { cursor: 'earliest' } });
    await stream.waitForState(before.id, 'sent');
    await product.facebook.fail({ mode: 'accept_then_hang', recipient_id: chat(1).psid });
    open = await product.client.sendText(chat(1).conversationId, 'open');
    await product.facebook.waitForSend(open.id);
    const { page_token: token } = await product.facebook.renewTokens(connected.page.page_id);
    waiting = [
      await product.client.sendText(chat(2).conversationId, 'waiting 1'),
      await product.client.sendText(chat(2).conversationId, 'waiting 2'),
    ];
    await waitFor('the channel to need a new token', async () => {
      return (await product.client.channel(connected.channel.id)).health.state === 'reauth_required';
    });
    earlyCursor = stream.lastId;
    stream.close();
    product.process.killAll();
    await product.process.exited;
    await product.startParley();
    await product.stopParley();
    const backup = copyCold(clusterOf(product.home));
    await product.startParley();
    await goOn(token);
    await product.stopParley();
    backup.putBack();
    await product.startParley();
    await reconnect(token);
  };
  const goOn = async (token: string): Promise<void> => {
    const pair = await StreamPair.open(product.client);
    await reconnect(token);
    for (const { id } of waiting) await pair.sse.waitForState(id, 'sent');
    lost = await product.client.sendText(chat(3).conversationId, 'lost');
    await pair.sse.waitForState(lost.id, 'sent');
    lateMid = newMid();
    await product.webhooks.deliver(chat(3).pageId, [textItem({ ...chat(3), text: 'late', mid: lateMid })]);
    await pair.waitForMid(lateMid);
    oldCursors = [pair.sse.lastId, pair.socket.lastId];
    pair.close();
  };

  /** Until no offset tells the cursors of the lost time from those of now. */
  const outgrow = async (): Promise<void> => {
    const mids = Array.from({ length: 12 }, () => newMid());
    for (const each of chats)
      await product.webhooks.deliver(
        each.pageId,
        mids.map((mid, index) => textItem({ ...each, text: `again ${index}`, mid: `${mid}${each.psid}` })),
      );
    for (const name of ['a', 'b', 'c', 'd', 'e']) await product.client.updateChannel(connected.channel.id, { name });
    for (const { psid } of chats)
      await waitFor('what was written', () =>
        product.client.messageByMid(connected.channel.id, `${present(mids.at(-1), 'a mid')}${psid}`),
      );
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ echo: 'off', delivery: 'off' });
    connected = await product.connectPage();
    await work();
  }, 90_000);

  afterAll(stopAll);

  it('has every send that the backup held as open or waiting as unknown, and sends none of them again', async () => {
    for (const message of [open, ...waiting])
      await waitFor(`${message.id} to be unknown`, async () => (await stateOf(message)) === 'unknown');
    const { failure } = await product.client.message(present(waiting[0], 'a message').id);
    expect(failure).toMatchObject({ category: 'unknown', retryable: false });
    // a send of now is made behind them, in the same conversations
    const next = await product.client.sendText(chat(2).conversationId, 'the next');
    await waitFor('the next to be sent', async () => (await stateOf(next)) === 'sent');
    expect(await Promise.all([open, ...waiting].map(acceptedFor))).toEqual([1, 1, 1]);
    expect(await callsFor(open)).toBe(1);
    expect(await stateOf(before)).toBe('sent');
  });

  it('tells streams of the time after the backup that their cursor is too old, and goes on live', async () => {
    await outgrow();
    const [last, fromSocket] = oldCursors;
    const pair = await StreamPair.open(product.client, {}, { lastEventId: last });
    const other = await product.client.socket({ lastEventId: fromSocket });
    await waitFor('the streams to hear of it', () => [...pair.both, other].every(({ isExpired }) => isExpired));
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat(0), text: 'live', mid });
    await pair.waitForMid(mid);
    await other.waitForMid(mid);
    const resumed = await product.client.stream({ lastEventId: pair.sse.lastId });
    expect(resumed.isExpired).toBe(false);
    for (const reader of [...pair.both, other, resumed]) reader.close();
  });

  it('takes up a stream whose cursor is older than the backup', async () => {
    const resumed = await product.client.stream({ lastEventId: earlyCursor });
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat(0), text: 'still live', mid });
    await resumed.waitForMid(mid);
    expect(resumed.isExpired).toBe(false);
    resumed.close();
  });

  it('becomes what it was when Facebook tells it again, with the same ids', async () => {
    const { appId } = product.settings;
    await expect(product.client.message(lost.id)).rejects.toThrow('404');
    const calls = await Promise.all([open, ...waiting].map(callOf));
    const items = calls.map((call, index) => echoItem({ ...chat(Math.min(index, 1) + 1), ...call, appId }));
    await product.webhooks.deliver(connected.page.page_id, items);
    await product.webhooks.deliverText({ ...chat(3), text: 'late', mid: lateMid });
    for (const [index, message] of [open, ...waiting].entries()) {
      await waitFor('the echo to prove it', async () => (await stateOf(message)) === 'sent');
      expect((await product.client.message(message.id)).source_message_id).toBe(calls[index]?.mid);
    }
    const late = await waitFor('the late message', () => product.client.messageByMid(connected.channel.id, lateMid));
    expect(late.conversation_id).toBe(chat(3).conversationId);
  });
});
