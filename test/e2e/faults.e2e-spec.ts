import type { Message } from '#libs/messaging';
import { echoItem, newMid } from '../harness/facebook-items.js';
import { REFUSALS, THROTTLES, TOKEN_TROUBLES, UNPROVEN } from '../harness/fault-cases.js';
import { letTimePass } from '../harness/let-time-pass.js';
import { at, only, present } from '../harness/only.js';
import type { Fault, GraphSend } from '../harness/simulator.client.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

/** Longer than a call to Graph may take. */
const PATIENCE_MS = 25_000;

type Order = Omit<Fault, 'recipient_id'>;

interface Case {
  readonly chat: Chat;
  readonly message: Message;
}

/** All cases begin at once, each with a customer of its own. */
describe('a message whose call to Facebook goes wrong', () => {
  const cases = new Map<string, Case>();
  const pages = new Map<string, ConnectedPage>();
  let product: Product;
  let shared: ConnectedPage;
  let stream: StreamReader;

  const begin = async (name: string, fault: Order, chat: Chat): Promise<void> => {
    await product.facebook.fail({ ...fault, recipient_id: chat.psid });
    cases.set(name, { chat, message: await product.client.sendText(chat.conversationId, name) });
  };
  const caseOf = (name: string): Case => present(cases.get(name), name);
  const callsOf = ({ message }: Case): Promise<GraphSend[]> => product.facebook.sendsOf(message.id);
  const waitForCall = (of: Case): Promise<GraphSend> => product.facebook.waitForSend(of.message.id);
  const now = ({ message }: Case): Promise<Message> => product.client.message(message.id);
  const echo = async ({ chat, message }: Case, mid: string): Promise<void> => {
    const { appId } = product.settings;
    const text = (message.content as { text: string }).text;
    await product.webhooks.deliver(chat.pageId, [
      echoItem({ ...chat, text, mid, appId, metadata: `p1:${message.id}:1` }),
    ]);
  };
  /** By its echo alone, as the one message that it is, with no other call. */
  const expectProvedBy = async (of: Case, mid: string): Promise<void> => {
    await echo(of, mid);
    await stream.waitForState(of.message.id, 'sent');
    const proved = await now(of);
    expect(proved).toMatchObject({ state: 'sent', delivery_state: 'delivered', source_message_id: mid });
    expect(proved).not.toHaveProperty('failure');
    expect(await callsOf(of)).toHaveLength(1);
    expect((await product.client.messages(of.chat.conversationId)).pagination_data.total).toBe(2);
  };
  /** What is sent now goes out, and what was before it makes no other call. */
  const expectNoOtherCall = async (of: Case): Promise<void> => {
    const next = await product.client.sendText(of.chat.conversationId, 'the next');
    await stream.waitForState(next.id, 'sent', PATIENCE_MS);
    expect(await callsOf(of)).toHaveLength(1);
  };
  const beginAll = async (): Promise<void> => {
    const orders: (readonly [string, Order])[] = [
      ...REFUSALS.map(
        ([name, code, subcode]) => [name, { mode: 'refuse', code, ...(subcode !== null && { subcode }) }] as const,
      ),
      ...UNPROVEN.map(([name, fault]) => [name, fault] as const),
      ...THROTTLES.map(([name, fault]) => [name, fault] as const),
      ['slow', { mode: 'slow', delay_ms: 2_000 } as Order],
      ['hangs until its echo', { mode: 'accept_then_hang' }],
    ];
    const chats = await startChats(product, shared, orders.length);
    await Promise.all(orders.map(([name, fault], index) => begin(name, fault, at(chats, index))));
  };
  const beginOnPageOfItsOwn = async (name: string, fault: Order): Promise<void> => {
    const connected = await product.connectPage(name);
    pages.set(name, connected);
    await begin(name, fault, only(await startChats(product, connected, 1)));
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ echo: 'off', delivery: 'off' });
    shared = await product.connectPage();
    stream = await product.client.stream();
    await beginAll();
    await Promise.all(TOKEN_TROUBLES.map(([name, fault]) => beginOnPageOfItsOwn(name, fault)));
    await beginOnPageOfItsOwn('no token until its echo', { mode: '190' });
  }, 60_000);

  afterAll(stopAll);

  it.each(REFUSALS)('is failed after one call: %s (%d/%j)', async (name, code, subcode, outcome) => {
    const of = caseOf(name);
    await stream.waitForState(of.message.id, 'failed');
    const failed = await now(of);
    expect(failed).toMatchObject({ state: 'failed', delivery_state: 'failed', failure: { ...outcome } });
    expect(failed.failure).toMatchObject({ source_code: code, message: expect.stringMatching(/\S/) as string });
    expect(subcodeOf(failed)).toBe(subcode);
    expect(await callsOf(of)).toHaveLength(1);
    await expectProvedBy(of, newMid());
    expect(stream.statesOf(of.message.id)).toEqual(['pending', 'failed', 'sent']);
  });

  it.each(UNPROVEN)(
    'waits for its echo and is unknown after 120 s, when Facebook %s (interleaving 16)',
    async (name, _, isTaken) => {
      const of = caseOf(name);
      const call = await waitForCall(of);
      expect(await now(of)).toMatchObject({ state: 'pending', delivery_state: 'pending' });
      await waitFor('the call to be over', () => letTimePass(product.home, of.message.id), PATIENCE_MS);
      await stream.waitForState(of.message.id, 'unknown');
      expect(await now(of)).toMatchObject({
        state: 'unknown',
        delivery_state: 'pending',
        failure: { category: 'unknown', retryable: false },
      });
      expect(call.mid !== null).toBe(isTaken);
      await expectProvedBy(of, midOf(call));
      expect(stream.statesOf(of.message.id)).toEqual(['pending', 'unknown', 'sent']);
    },
    PATIENCE_MS + 20_000,
  );

  it.each(THROTTLES)(
    'is sent by itself after a while: %s (interleaving 16)',
    async (name, _, leastMs) => {
      const of = caseOf(name);
      await stream.waitForState(of.message.id, 'sent', PATIENCE_MS);
      const calls = await callsOf(of);
      expect(calls.map(({ outcome }) => outcome)).toEqual(['refused', 'accepted']);
      expect(at(calls, 1).at - at(calls, 0).at).toBeGreaterThanOrEqual(leastMs);
      const sent = await now(of);
      expect(sent).toMatchObject({ state: 'sent', source_message_id: at(calls, 1).mid });
      expect(sent).not.toHaveProperty('failure');
      expect(stream.statesOf(of.message.id)).toEqual(['pending', 'sent']);
    },
    PATIENCE_MS + 10_000,
  );

  it.each(TOKEN_TROUBLES)('waits until the page is connected again: %s', async (name) => {
    const of = caseOf(name);
    await waitFor('the channel to need a new token', async () => {
      return (await product.client.channel(of.chat.channelId)).health.state === 'reauth_required';
    });
    expect(await now(of)).toMatchObject({ state: 'pending', delivery_state: 'pending' });
    expect(await callsOf(of)).toHaveLength(1);
    const { page } = present(pages.get(name), 'the page');
    await product.client.connect({ page_id: page.page_id, page_token: page.page_token });
    await stream.waitForState(of.message.id, 'sent');
    expect((await callsOf(of)).map(({ outcome }) => outcome)).toEqual(['refused', 'accepted']);
    expect(stream.statesOf(of.message.id)).toEqual(['pending', 'sent']);
  });

  it('is sent by one call, however slowly Facebook answers', async () => {
    const of = caseOf('slow');
    await stream.waitForState(of.message.id, 'sent');
    expect(only(await callsOf(of)).mid).toBe((await now(of)).source_message_id);
  });

  describe('is sent by its echo, without another call,', () => {
    it('while Facebook owes its answer', async () => {
      const of = caseOf('hangs until its echo');
      const { mid } = await waitForCall(of);
      await expectProvedBy(of, present(mid, 'the mid'));
      await expectNoOtherCall(of);
    }, 60_000);

    it('while it is put off', async () => {
      const name = 'put off until its echo';
      await begin(name, { mode: '429', retry_after: 4 } as Order, only(await startChats(product, shared, 1)));
      const of = caseOf(name);
      await waitForCall(of);
      await expectProvedBy(of, newMid());
      await expectNoOtherCall(of);
    }, 60_000);

    it('while its page has to be connected again', async () => {
      const of = caseOf('no token until its echo');
      await waitForCall(of);
      await expectProvedBy(of, newMid());
      const { page } = present(pages.get('no token until its echo'), 'the page');
      await product.client.connect({ page_id: page.page_id, page_token: page.page_token });
      await expectNoOtherCall(of);
    }, 60_000);
  });
});

function subcodeOf({ failure }: Message): number | null {
  return failure?.source_subcode ?? null;
}

/** What Facebook did not take has none until somebody makes an echo of it. */
function midOf({ mid }: GraphSend): string {
  return mid ?? newMid();
}
