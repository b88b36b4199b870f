import type { Message } from '#libs/messaging';
import { messageSchema } from '#libs/messaging';
import { bodyOf, expectProblem, type Answer, type Problem } from '../harness/answer.js';
import { withDatabase } from '../harness/embedded-database.js';
import { echoItem, newMid } from '../harness/facebook-items.js';
import { letTimePass } from '../harness/let-time-pass.js';
import { at, only } from '../harness/only.js';
import type { GraphSend } from '../harness/simulator.client.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { waitFor } from '../harness/wait-for.js';

describe('messages.resend', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  const resend = (id: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    product.client.call('messages.resend', { message_id: id }, headers);
  const resent = async (id: string): Promise<Message> => bodyOf(messageSchema, await resend(id));
  const refused = async (id: unknown, status: number, code: string): Promise<Problem> =>
    expectProblem(await resend(id), status, code);
  const failed = async (): Promise<Message> => {
    await product.facebook.fail({ mode: 'refuse', recipient_id: chat.psid, code: 551, subcode: 1545041 });
    const message = await product.client.sendText(chat.conversationId, 'to a closed door');
    await stream.waitForState(message.id, 'failed');
    return message;
  };
  /** Facebook has taken it and nobody will ever hear; its time is over at once. */
  const unknown = async (): Promise<Message> => {
    await product.facebook.fail({ mode: 'accept_then_500', recipient_id: chat.psid });
    const message = await product.client.sendText(chat.conversationId, 'into the fog');
    await waitFor('the attempt to wait for its echo', () => letTimePass(product.home, message.id));
    await stream.waitForState(message.id, 'unknown');
    return message;
  };
  const lateEcho = async (message: Message, attempt: number, mid = newMid()): Promise<string> => {
    const { appId } = product.settings;
    const echo = echoItem({ ...chat, text: 'into the fog', mid, appId, metadata: `p1:${message.id}:${attempt}` });
    await product.webhooks.deliver(chat.pageId, [echo]);
    return mid;
  };
  const attemptsAtFacebook = async (id: string): Promise<(string | undefined)[]> =>
    (await product.facebook.sendsOf(id)).map(({ metadata }) => metadata?.split(':')[2]);
  const waitForAccepted = (id: string, attempt: number): Promise<GraphSend> =>
    waitFor(`attempt ${attempt} of ${id} to be taken by Facebook`, async () =>
      (await product.facebook.sendsOf(id)).find(
        ({ metadata, outcome }) => outcome === 'accepted' && metadata === `p1:${id}:${attempt}`,
      ),
    );

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ echo: 'off', delivery: 'off' });
    connected = await product.connectPage();
    stream = await product.client.stream();
  }, 60_000);

  beforeEach(async () => {
    chat = await product.startChat(connected);
  });

  afterAll(stopAll);

  it('sends what has failed again, as another attempt of the same message', async () => {
    const message = await failed();
    const again = await resent(message.id);
    expect(again).toMatchObject({ id: message.id, state: 'pending', sent_at: message.sent_at });
    expect(again).not.toHaveProperty('failure');
    await stream.waitForState(message.id, 'sent');
    expect(stream.statesOf(message.id)).toEqual(['pending', 'failed', 'pending', 'sent']);
    expect(stream.versionsOf(message.id)).toEqual([1, 2, 3, 4]);
    expect(await attemptsAtFacebook(message.id)).toEqual(['1', '2']);
    expect((await product.client.messages(chat.conversationId)).pagination_data.total).toBe(2);
  });

  it('is done once for an Idempotency-Key', async () => {
    const message = await failed();
    const key = { 'idempotency-key': `again-${message.id}` };
    const first = await resend(message.id, key);
    await stream.waitForState(message.id, 'sent');
    const replayed = await resend(message.id, key);
    expect(replayed).toMatchObject({ status: 200, text: first.text });
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    expect(await attemptsAtFacebook(message.id)).toEqual(['1', '2']);
    expectProblem(await resend(newMid(), key), 404, 'not_found');
  });

  it('refuses what is not failed or unknown', async () => {
    const message = await product.client.sendText(chat.conversationId, 'fine');
    await stream.waitForState(message.id, 'sent');
    await refused(message.id, 409, 'message_not_resendable');
    const theirs = at((await product.client.messages(chat.conversationId)).data, -1);
    expect(theirs.from_contact).toBe(true);
    await refused(theirs.id, 409, 'message_not_resendable');
  });

  it('refuses what is not there, or no id', async () => {
    await refused('0190a6c0-0000-7000-8000-000000000001', 404, 'not_found');
    await refused('x', 404, 'not_found');
    for (const id of [undefined, 5])
      expect((await refused(id, 400, 'invalid_request')).errors).toEqual([
        expect.objectContaining({ field: 'message_id' }),
      ]);
  });

  it('refuses what its window does not allow any more', async () => {
    const message = await failed();
    await withDatabase(product.home, (database) =>
      database.query(`update conversations set window_opened_at = now() - interval '25 hours' where id = $1`, [
        chat.conversationId,
      ]),
    );
    await refused(message.id, 422, 'window_closed');
    expect((await product.client.message(message.id)).state).toBe('failed');
  });

  describe('of what nobody knew', () => {
    it('shows the second one too, when the late echo of the first comes (interleaving 4)', async () => {
      const message = await unknown();
      await resent(message.id);
      const { mid } = await waitForAccepted(message.id, 2);
      await stream.waitForState(message.id, 'sent');
      const late = await lateEcho(message, 1);
      const { update } = await stream.waitForMid(late);
      expect(update.payload).toMatchObject({
        message: {
          state: 'sent',
          source_message_id: late,
          content: { type: 'text', text: 'into the fog' },
          metadata: { duplicate_of: message.id },
        },
      });
      expect(await product.client.message(message.id)).toMatchObject({ state: 'sent', source_message_id: mid });
      expect((await product.client.messages(chat.conversationId)).pagination_data.total).toBe(3);
      await lateEcho(message, 1, late);
      expect((await product.client.messageByMid(chat.channelId, late)).id).not.toBe(message.id);
      expect((await product.client.messages(chat.conversationId)).pagination_data.total).toBe(3);
    });

    it('does not call again, when the late echo comes before (interleaving 4)', async () => {
      const message = await unknown();
      await product.facebook.fail({ mode: '429', recipient_id: chat.psid, times: 3 });
      await resent(message.id);
      await waitFor(
        'the second attempt to be put off',
        async () => (await product.facebook.sendsOf(message.id)).length > 1,
      );
      const late = await lateEcho(message, 1);
      await stream.waitForState(message.id, 'sent');
      expect(await product.client.message(message.id)).toMatchObject({ state: 'sent', source_message_id: late });
      const next = await product.client.sendText(chat.conversationId, 'the next');
      await stream.waitForState(next.id, 'sent', 20_000);
      const taken = (await product.facebook.sendsOf(message.id)).filter(({ outcome }) => outcome === 'accepted');
      expect(only(taken, 'call that Facebook took').metadata).toBe(`p1:${message.id}:1`);
      await refused(message.id, 409, 'message_not_resendable');
    }, 40_000);
  });
});
