import { at, present } from '../only.js';
import type { Chat, ConnectedPage, Product } from '../start-product.js';
import { waitFor } from '../wait-for.js';

/** What good calls are about: a connected page, and a customer who wrote. */
export interface World {
  readonly product: Product;
  readonly connected: ConnectedPage;
  readonly chat: Chat;
}

type Body = Readonly<Record<string, unknown>>;
type GoodCall = (world: World) => Body | Promise<Body>;

/** Of a customer whom the page may answer, in each of the two forms; together they have every field. */
const byConversation: GoodCall = async (world) => ({
  conversation_id: world.chat.conversationId,
  content: { type: 'text', text: 'It is in stock' },
  reply_to: { message_id: await firstMessage(world) },
  sender: { type: 'agent', id: 'ana', name: 'Ana', avatar_url: 'https://blue.example/ana.png' },
  metadata: { order: 7 },
});
const byChannel: GoodCall = ({ chat }) => ({
  channel_id: chat.channelId,
  recipient: { id: chat.psid },
  message: { text: 'It is in stock' },
});

const conversation: GoodCall = ({ chat }) => ({ conversation_id: chat.conversationId });

/** What must be answered well, as wire.md §3 has it; made anew for every use. */
const goodCalls: Readonly<Record<string, GoodCall | readonly GoodCall[]>> = {
  'channels.facebook.connect': async ({ product }) => {
    const page = await product.facebook.createPage({ name: 'New Shop' });
    return { page_id: page.page_id, page_token: page.page_token };
  },
  'channels.facebook.explore': ({ connected }) => ({ auth_token: connected.page.user_token }),
  'channels.facebook.disconnect': async ({ product }) => ({
    channel_id: (await product.connectPage('Closing')).channel.id,
  }),
  'channels.list': () => ({ source: 'facebook', include_disconnected: true }),
  'channels.info': ({ connected }) => ({ channel_id: connected.channel.id }),
  'channels.update': ({ connected }) => ({
    channel_id: connected.channel.id,
    name: 'Blue Shop',
    image_url: 'https://blue.example/shop.png',
  }),
  'conversations.list': () => ({ page_size: 5 }),
  'conversations.info': conversation,
  'conversations.mark-read': conversation,
  'conversations.set-state': ({ chat }) => ({ conversation_id: chat.conversationId, state: 'open' }),
  'conversations.remove-state': conversation,
  'messages.list': ({ chat }) => ({ conversation_id: chat.conversationId, page_size: 5 }),
  'messages.info': async (world) => ({ message_id: await newestMessage(world), include: ['raw'] }),
  'messages.send': [byConversation, byChannel],
  'messages.resend': async (world) => ({ message_id: await failedMessage(world) }),
  'metadata.upsert': ({ chat }) => ({
    subject: 'conversation',
    id: chat.conversationId,
    data: { order: { number: 7 } },
  }),
  'stream.ticket': ({ connected }) => ({ channel_ids: [connected.channel.id] }),
  'workspaces.create': () => ({ name: 'Second' }),
  'api-keys.create': () => ({ name: 'Inbox', scopes: ['conversations.read'] }),
  'api-keys.list': () => ({}),
  'api-keys.revoke': async ({ product }) => {
    const made = await product.client.call('api-keys.create', { name: 'Going', scopes: ['stream.read'] });
    return { api_key_id: (JSON.parse(made.text) as { id: string }).id };
  },
};

export function hasGoodCall(name: string): boolean {
  return name in goodCalls;
}

/** Throws, naming the call, where nobody has said what a good one is. */
export async function goodBodies(name: string, world: World): Promise<Body[]> {
  const known = present(goodCalls[name], `A good call of ${name} in test/harness/openapi/good-calls.ts`);
  return Promise.all([known].flat().map(async (make) => make(world)));
}

async function firstMessage({ product, chat }: World): Promise<string> {
  return at(await product.client.allMessages(chat.conversationId), -1).id;
}

async function newestMessage({ product, chat }: World): Promise<string> {
  return (await product.client.conversation(chat.conversationId)).last_message.id;
}

/** To a customer who has blocked the page. */
async function failedMessage({ product, connected }: World): Promise<string> {
  const chat = await product.startChat(connected);
  await product.facebook.fail({ mode: 'refuse', recipient_id: chat.psid, code: 551, subcode: 1545041 });
  const { id } = await product.client.sendText(chat.conversationId, 'to a closed door');
  await waitFor('the message to fail', async () => (await product.client.message(id)).state === 'failed');
  return id;
}
