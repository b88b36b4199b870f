import { z } from 'zod';
import type { Message } from '#libs/messaging';
import { deliveryItem, echoItem, facebookNow, newMid, newPsid, type EchoItem } from '../harness/facebook-items.js';
import { at, only, present } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';

/** Of the page's own inbox. https://developers.facebook.com/docs/messenger-platform/handover-protocol/conversation-control */
const PAGE_INBOX_APP = '263902037430900';
const OTHER_APP = '290000000000999';

describe('an echo', () => {
  let product: Product;
  let connected: ConnectedPage;
  let chat: Chat;
  let stream: StreamReader;

  const act = async (name: string, body: Record<string, unknown>): Promise<string> => {
    const { pageId, psid } = chat;
    const answer = await product.facebook.control(`customers.${name}`, { page_id: pageId, psid, ...body });
    return z.object({ mid: z.string() }).parse(answer).mid;
  };
  const deliver = async (echo: Partial<EchoItem> & { appId: string }, of = chat): Promise<string> => {
    const mid = newMid();
    await product.webhooks.deliver(of.pageId, [echoItem({ ...of, text: 'an echo', mid, ...echo })]);
    return mid;
  };
  const shown = async (mid: string): Promise<Message> => {
    await stream.waitForMid(mid);
    return product.client.messageByMid(connected.channel.id, mid);
  };
  const count = async (): Promise<number> => (await product.client.messages(chat.conversationId)).pagination_data.total;
  const sendWithEcho = async (echo: 'before' | 'after'): Promise<Message> => {
    await product.facebook.change({ echo });
    const message = await product.client.sendText(chat.conversationId, `its echo comes ${echo} the answer`);
    const { mid } = await product.facebook.waitForSend(message.id);
    await product.facebook.waitForWebhook('message_echoes', present(mid, 'mid'));
    await stream.waitForState(message.id, 'sent');
    await product.facebook.change({ echo: 'off' });
    return message;
  };

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ echo: 'off', delivery: 'off' });
    connected = await product.connectPage('Echo Shop');
    stream = await product.client.stream();
  }, 60_000);

  beforeEach(async () => {
    chat = await product.startChat(connected);
  });

  afterAll(stopAll);

  describe('of what somebody else wrote', () => {
    it('in the page’s inbox is a sent message of the page', async () => {
      const message = await shown(await act('inbox_reply', { text: 'I am taking over.' }));
      expect(message).toMatchObject({
        conversation_id: chat.conversationId,
        from_contact: false,
        sender_type: 'page',
        sender: { id: chat.pageId, name: 'Echo Shop' },
        state: 'sent',
        delivery_state: 'delivered',
        content: { type: 'text', text: 'I am taking over.' },
      });
    });

    it('by another app is a sent message of that app', async () => {
      const message = await shown(await act('app_reply', { text: 'I am a robot.', app_id: OTHER_APP }));
      expect(message).toMatchObject({
        from_contact: false,
        sender_type: 'app',
        sender: { id: OTHER_APP },
        state: 'sent',
        source_data: { app_id: OTHER_APP },
      });
    });

    it('by our own app but not by Parley is a message of the app, and no call is made for it', async () => {
      const mid = await deliver({ appId: product.settings.appId, metadata: 'job:77' });
      expect(await shown(mid)).toMatchObject({ sender_type: 'app', sender: { id: product.settings.appId } });
      expect((await product.facebook.state()).sends.filter((send) => send.recipient_id === chat.psid)).toEqual([]);
    });

    it('neither counts as unread nor opens a window', async () => {
      const before = await product.client.conversation(chat.conversationId);
      const mid = await deliver({ appId: PAGE_INBOX_APP, timestamp: facebookNow() + 60_000 });
      await stream.waitForMid(mid);
      const after = await product.client.conversation(chat.conversationId);
      expect(after.last_message.source_message_id).toBe(mid);
      expect(after.metadata.unread_count).toBe(before.metadata.unread_count);
      expect(after.window).toEqual(before.window);
    });

    it('goes on to delivered by Facebook’s receipt', async () => {
      const timestamp = facebookNow();
      const message = await shown(await deliver({ appId: PAGE_INBOX_APP, timestamp }));
      await product.webhooks.deliver(chat.pageId, [deliveryItem(chat, { watermark: timestamp })]);
      await stream.waitForState(message.id, 'delivered');
      expect(stream.statesOf(message.id)).toEqual(['sent', 'delivered']);
    });

    it('to somebody who never wrote begins a conversation, whose window is closed', async () => {
      const psid = newPsid();
      const message = await shown(await deliver({ appId: PAGE_INBOX_APP }, { ...chat, psid }));
      expect(message.conversation_id).not.toBe(chat.conversationId);
      const conversation = await product.client.conversation(message.conversation_id);
      expect(conversation).toMatchObject({ source_contact_id: psid, metadata: { unread_count: 0 } });
      expect(conversation.window.closes_at).toBeNull();
      expect(conversation.last_message.id).toBe(message.id);
    });

    it('is one message and one announcement, however often it comes', async () => {
      const mid = newMid();
      await Promise.all(Array.from({ length: 5 }, () => deliver({ appId: OTHER_APP, mid })));
      await shown(mid);
      await shown(await deliver({ appId: OTHER_APP }));
      expect(stream.created.filter((message) => message.source_message_id === mid)).toHaveLength(1);
      expect(await count()).toBe(3);
    });
  });

  describe('of what we sent', () => {
    it.each(['before', 'after'] as const)('%s Graph’s answer is that one message', async (moment) => {
      const { id } = await sendWithEcho(moment);
      const call = only(await product.facebook.sendsOf(id), 'call');
      const message = await product.client.message(id);
      expect(message).toMatchObject({ state: 'sent', sender_type: 'agent', source_message_id: call.mid });
      expect(message.source_sent_at).toMatch(/Z$/);
      expect(stream.statesOf(id)[0]).toBe('pending');
      expect(stream.statesOf(id).slice(1)).not.toContain('pending');
      expect(stream.created.filter((created) => created.source_message_id === call.mid)).toEqual([]);
      await shown(await deliver({ appId: OTHER_APP }));
      expect(await count()).toBe(3);
    });

    it('comes again and changes nothing', async () => {
      const { id } = await sendWithEcho('after');
      const { appId } = product.settings;
      const mid = present(at(await product.facebook.sendsOf(id), 0).mid, 'mid');
      const text = 'its echo comes after the answer';
      // what comes behind its first echo is shown behind it
      await shown(await deliver({ appId: OTHER_APP }));
      const before = await product.client.message(id);
      await deliver({ appId, mid, text, metadata: `p1:${id}:1` });
      await shown(await deliver({ appId: OTHER_APP }));
      expect(await product.client.message(id)).toEqual(before);
    });
  });

  describe('that bears the mark of a message of ours', () => {
    let pending: Message;

    beforeEach(async () => {
      await product.facebook.fail({ mode: 'accept_then_500', recipient_id: chat.psid });
      pending = await product.client.sendText(chat.conversationId, 'what became of it?');
      await product.facebook.waitForSend(pending.id);
    });

    it.each([
      ['another app', (): string => OTHER_APP],
      ['the page’s inbox', (): string => PAGE_INBOX_APP],
    ])('but is of %s proves nothing, and is shown (interleaving 4)', async (_, appId) => {
      const message = await shown(await deliver({ appId: appId(), metadata: `p1:${pending.id}:1` }));
      expect(message.id).not.toBe(pending.id);
      expect((await product.client.message(pending.id)).state).toBe('pending');
    });

    it('but went to another contact proves nothing, and is shown (interleaving 4)', async () => {
      const other = await product.startChat(connected);
      const { appId } = product.settings;
      const message = await shown(await deliver({ appId, metadata: `p1:${pending.id}:1` }, other));
      expect(message).toMatchObject({ conversation_id: other.conversationId, state: 'sent' });
      expect((await product.client.message(pending.id)).state).toBe('pending');
    });
  });
});
