import type { Message } from '#libs/messaging';
import { expectProblem, type Answer } from '../harness/answer.js';
import { newMid, newPsid, type Parties } from '../harness/facebook-items.js';
import { present } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { textOf, withoutRepeats } from '../harness/texts.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const ahead = 10 * MINUTE_MS;
const behind = -ahead;

/** wire.md §1: `sent_at` is the source's clock or our acceptance, never before the conversation's newest; watermarks compare with `source_sent_at`. */
describe('with Facebook’s clock and ours ten minutes apart', () => {
  let product: Product;
  let connected: ConnectedPage;
  let stream: StreamReader;

  beforeAll(async () => {
    product = await Product.start();
    connected = await product.connectPage();
    stream = await product.client.stream();
  }, 60_000);

  afterAll(stopAll);

  describe.each([
    ['ahead', ahead],
    ['behind', behind],
  ])('(%s)', (_, offsetMs) => {
    let chat: Chat;

    const facebookTime = (): number => Date.now() + offsetMs;
    const change = (settings: Record<string, unknown>): Promise<unknown> =>
      product.facebook.control('settings', { delivery: 'off', echo: 'after', ...settings });
    const write = async (text: string, { pageId, psid }: Parties = chat): Promise<Message> => {
      const mid = await product.facebook.write({ page_id: pageId, psid, text });
      await stream.waitForMid(mid);
      return product.client.messageByMid(connected.channel.id, mid);
    };
    const start = async (): Promise<Chat> => {
      const parties = { pageId: connected.page.page_id, psid: newPsid() };
      await product.facebook.createCustomer(parties.pageId, parties.psid);
      const { conversation_id: conversationId } = await write('first', parties);
      return { ...parties, channelId: connected.channel.id, conversationId };
    };
    const answer = async (text: string): Promise<Message> => {
      const { id } = await product.client.sendText(chat.conversationId, text);
      await stream.waitForState(id, 'sent');
      const { mid } = await product.facebook.waitForSend(id);
      await waitForEcho(present(mid, 'the mid'));
      return product.client.message(id);
    };
    const waitForEcho = (mid: string): Promise<void> => product.facebook.waitForWebhook('message_echoes', mid);
    const receive = (kind: 'read' | 'deliver', receipt: Record<string, unknown> = {}): Promise<void> =>
      product.facebook
        .control(`customers.${kind}`, { page_id: chat.pageId, psid: chat.psid, ...receipt })
        .then(() => undefined);
    const texts = async (): Promise<string[]> =>
      (await product.client.allMessages(chat.conversationId)).map(textOf).toReversed();
    const stateOf = async ({ id }: Message): Promise<string> => (await product.client.message(id)).state;
    /** Whatever was posted before has been applied when this has. */
    const barrier = (): Promise<Message> => write('and then');

    beforeAll(() => change({ clock_offset_ms: offsetMs }));
    beforeEach(async () => {
      chat = await start();
    });
    afterEach(() => change({}));

    it('is what the simulator lives by', async () => {
      const inbound = await write('what time is it?');
      const sent = await answer('late');
      for (const told of [inbound.source_sent_at, sent.source_sent_at])
        expect(Math.abs(Date.parse(present(told, 'source_sent_at')) - facebookTime())).toBeLessThan(MINUTE_MS);
      expect(Math.abs(Date.parse(inbound.received_at) - Date.now())).toBeLessThan(MINUTE_MS);
    });

    // a question that comes later has Facebook's time (wire.md §1), so with its clock behind it may stand before an answer
    it('an answer stands right behind its question, with a time that never changes', async () => {
      const question = await write('a question');
      const accepted = await product.client.sendText(chat.conversationId, 'an answer');
      await stream.waitForState(accepted.id, 'sent');
      const { mid } = await product.facebook.waitForSend(accepted.id);
      await waitForEcho(present(mid, 'the mid'));
      expect((await texts()).slice(-2)).toEqual(['a question', 'an answer']);
      await barrier();
      const settled = await product.client.message(accepted.id);
      expect(settled.sent_at).toBe(accepted.sent_at);
      // our acceptance, and never before what the conversation has
      expect(Date.parse(settled.sent_at)).toBeGreaterThan(Date.parse(question.sent_at));
    });

    it('several answers stand in the order in which they were given', async () => {
      const sent = [];
      for (const text of ['one', 'two', 'three']) sent.push(await product.client.sendText(chat.conversationId, text));
      for (const { id } of sent) await stream.waitForState(id, 'sent');
      expect(await texts()).toEqual(['first', 'one', 'two', 'three']);
    });

    it('a watermark makes read what it covers, and nothing else', async () => {
      const before = await answer('before it');
      await receive('read', { watermark: Date.parse(present(before.source_sent_at, 'source_sent_at')) });
      await stream.waitForState(before.id, 'read');
      const after = await answer('after it');
      await barrier();
      expect([await stateOf(before), await stateOf(after)]).toEqual(['read', 'sent']);
      await receive('read');
      await stream.waitForState(after.id, 'read');
      expect(withoutRepeats(stream.statesOf(after.id))).toEqual(['pending', 'sent', 'read']);
    });

    it('a watermark of delivery and one with mids do the same', async () => {
      const [byMark, byMid, untouched] = [await answer('by mark'), await answer('by mid'), await answer('untouched')];
      const mark = Date.parse(present(byMark.source_sent_at, 'source_sent_at'));
      await receive('deliver', { watermark: mark });
      await stream.waitForState(byMark.id, 'delivered');
      await receive('deliver', { mids: [byMid.source_message_id], watermark: mark });
      await stream.waitForState(byMid.id, 'delivered');
      await barrier();
      expect(await stateOf(untouched)).toBe('sent');
    });

    it('without an echo the Date of Graph’s answer counts', async () => {
      await change({ echo: 'off' });
      const { id } = await product.client.sendText(chat.conversationId, 'nobody echoes');
      await stream.waitForState(id, 'sent');
      const sent = await product.client.message(id);
      const took = Date.parse(present(sent.source_sent_at, 'source_sent_at'));
      expect(Math.abs(took - facebookTime())).toBeLessThan(MINUTE_MS);
      await receive('read', { watermark: took - 2_000 });
      await barrier();
      expect(await stateOf(sent)).toBe('sent');
      await receive('read', { watermark: took });
      await stream.waitForState(id, 'read');
    });

    it('the contact’s messages are unread until they are marked, and what comes later is unread again', async () => {
      const unread = async (): Promise<number> =>
        (await product.client.conversation(chat.conversationId)).metadata.unread_count;
      await answer('an answer');
      await write('second');
      expect(await unread()).toBe(2);
      await product.client.call('conversations.mark-read', { conversation_id: chat.conversationId });
      expect(await unread()).toBe(0);
      await write('third');
      expect(await unread()).toBe(1);
    });
  });

  describe('at the edge of 24 hours', () => {
    const open = DAY_MS - MINUTE_MS / 2;
    const closed = DAY_MS + MINUTE_MS / 2;

    /** A customer who wrote so long ago by Facebook's clock, and somebody who answers now. */
    const answerAfter = async (agoMs: number, offsetMs: number): Promise<Answer> => {
      const { page_id: pageId } = connected.page;
      const [psid, mid, timestamp] = [newPsid(), newMid(), Date.now() + offsetMs - agoMs];
      await product.facebook.control('customers.create', { page_id: pageId, psid, last_wrote_at: timestamp });
      await product.webhooks.deliverText({ pageId, psid, text: 'long ago', mid, timestamp });
      await stream.waitForMid(mid);
      const { conversation_id } = await product.client.messageByMid(connected.channel.id, mid);
      return product.client.call('messages.send', { conversation_id, content: { type: 'text', text: 'just in time' } });
    };
    const idOf = ({ status, text }: Answer): string => {
      expect(status).toBe(200);
      return (JSON.parse(text) as Message).id;
    };

    it('what we take too long goes to Facebook, and ends as what Facebook says', async () => {
      await product.facebook.control('settings', { clock_offset_ms: ahead, delivery: 'off' });
      await stream.waitForState(idOf(await answerAfter(open, ahead)), 'sent');
      const late = idOf(await answerAfter(closed, ahead));
      await stream.waitForState(late, 'failed');
      expect((await product.client.message(late)).failure).toMatchObject({ code: 'window_closed', category: 'policy' });
    });

    it('what we take too short is refused, and nothing is stored', async () => {
      await product.facebook.control('settings', { clock_offset_ms: behind, delivery: 'off' });
      expectProblem(await answerAfter(open, behind), 422, 'window_closed');
      expectProblem(await answerAfter(closed, behind), 422, 'window_closed');
    });
  });
});
