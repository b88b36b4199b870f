import { newPsid, textItem } from './facebook-items.js';
import { only } from './only.js';
import type { Chat, ConnectedPage, Product } from './start-product.js';
import { waitFor } from './wait-for.js';

/** Many new customers write their first message, in one body. */
export async function startChats(
  product: Pick<Product, 'facebook' | 'webhooks' | 'client'>,
  { page, channel }: ConnectedPage,
  count: number,
): Promise<Chat[]> {
  const pageId = page.page_id;
  const psids = Array.from({ length: count }, () => newPsid());
  await Promise.all(psids.map((psid) => product.facebook.createCustomer(pageId, psid)));
  await product.webhooks.deliver(
    pageId,
    psids.map((psid) => textItem({ pageId, psid, text: 'first' })),
  );
  return waitFor(`${count} conversations`, async () => {
    const all = await product.client.allConversations();
    return psids.map((psid) => {
      const conversation = only(
        all.filter(({ source_contact_id: id }) => id === psid),
        'conversation',
      );
      return { pageId, psid, channelId: channel.id, conversationId: conversation.id };
    });
  });
}
