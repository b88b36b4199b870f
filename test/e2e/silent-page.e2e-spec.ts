import type { Message } from '#libs/messaging';
import { withDatabase } from '../harness/embedded-database.js';
import { letTimePass } from '../harness/let-time-pass.js';
import { at, only, present } from '../harness/only.js';
import type { Fault } from '../harness/simulator.client.js';
import { startChats } from '../harness/start-chats.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

/** Facebook's clock is behind ours. */
const CLOCK_MS = -600_000;
/** So much time passes for everybody; the attempts become 121 s old, a little more than they are. */
const PASSED_MS = 115_000;

interface Case {
  readonly chat: Chat;
  readonly message: Message;
}

/** interleaving 15: a page that sends no echoes, and Graph that does not say what became of a message. */
describe('a send without an answer on a page without echoes', () => {
  const cases = new Map<string, Case>();
  let product: Product;
  let connected: ConnectedPage;
  let stream: StreamReader;

  /** Its subscription has lost the echoes, and Facebook refuses to give them back. */
  const silence = async (): Promise<void> => {
    const { page, channel } = connected;
    const fields = channel.health.subscribed_fields.filter((field) => field !== 'message_echoes');
    await product.facebook.subscribePage(page, fields, product.settings.appSecret);
    await product.facebook.fail({
      mode: 'refuse',
      code: 200,
      path: 'subscribed_apps',
      method: 'POST',
      page_id: page.page_id,
      times: 1_000,
    });
    await withDatabase(product.home, (database) => database.query('update channels set upkeep_due = now()'));
    // upkeep looks when it starts, and every 15 s
    await product.stopParley();
    await product.startParley();
    await waitFor('the page to be degraded', async () => {
      const { health } = await product.client.channelInfo(channel.id);
      return health.state === 'degraded' && !health.subscribed_fields.includes('message_echoes');
    });
  };
  const begin = async (name: string, chat: Chat, mode: Fault['mode']): Promise<void> => {
    await product.facebook.fail({ mode, path: 'messages', recipient_id: chat.psid });
    const message = await product.client.sendText(chat.conversationId, `Your order: ${name}`);
    cases.set(name, { chat, message });
    await product.facebook.waitForSend(message.id);
  };
  const replyInInbox = async ({ chat, message }: Case): Promise<void> => {
    const { text } = message.content as { text: string };
    await product.facebook.control('customers.inbox_reply', { page_id: chat.pageId, psid: chat.psid, text });
  };
  const caseOf = (name: string): Case => present(cases.get(name), name);
  const ended = async (name: string, state: 'sent' | 'unknown'): Promise<Message> => {
    const { message } = caseOf(name);
    await stream.waitForState(message.id, state);
    const calls = await product.facebook.sendsOf(message.id);
    expect(calls).toHaveLength(1);
    return product.client.message(message.id);
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ delivery: 'off', clock_offset_ms: CLOCK_MS });
    connected = await product.connectPage('Silent Shop');
    const chats = await startChats(product, connected, 3);
    await silence();
    stream = await product.client.stream();
    await begin('taken', at(chats, 0), 'accept_then_500');
    await begin('not taken', at(chats, 1), '500');
    await begin('said twice', at(chats, 2), 'accept_then_500');
    await replyInInbox(caseOf('said twice'));
    await product.facebook.change({ clock_offset_ms: CLOCK_MS + PASSED_MS });
    for (const { message } of cases.values())
      await waitFor('the call to end', () => letTimePass(product.home, message.id));
  }, 60_000);

  afterAll(stopAll);

  it('is sent, under its id, when the conversation there shows it once (interleaving 15)', async () => {
    const message = await ended('taken', 'sent');
    const call = only(await product.facebook.sendsOf(message.id), 'call');
    expect(message).toMatchObject({ state: 'sent', source_message_id: call.mid });
    expect(message).not.toHaveProperty('failure');
    const { chat } = caseOf('taken');
    await product.facebook.deliver({ page_id: chat.pageId, psid: chat.psid, mids: [present(call.mid, 'mid')] });
    await stream.waitForState(message.id, 'delivered');
  });

  it('is unknown when it is not there (interleaving 15)', async () => {
    expect(await ended('not taken', 'unknown')).toMatchObject({ failure: { code: 'outcome_unknown' } });
  });

  it('is unknown when somebody else has said the same (interleaving 15)', async () => {
    expect(await ended('said twice', 'unknown')).not.toHaveProperty('source_message_id');
  });
});
