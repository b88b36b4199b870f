import type { Update } from '#libs/messaging';
import type { ImpatientFacebook } from './impatient-facebook.js';
import { none } from './only.js';
import type { Product } from './start-product.js';
import { waitFor } from './wait-for.js';

/**
 * Everything that was answered 200 is there once, announced once, and in each conversation in the order in which it was
 * posted. Throws with what is wrong after a while.
 */
export async function expectKept(product: Product, facebook: ImpatientFacebook): Promise<void> {
  const stream = await product.client.stream({ query: { cursor: 'earliest', types: 'message.created' } });
  try {
    await waitFor(
      'everything that was answered 200',
      () => {
        for (const [conversationId, mids] of facebook.taken) check(announced(stream.updates, conversationId), mids);
        return true;
      },
      20_000,
    );
  } finally {
    stream.close();
  }
  for (const [conversationId, mids] of facebook.taken) {
    const stored = (await product.client.allMessages(conversationId)).map((message) => message.source_message_id ?? '');
    // newest first, and the one that began the conversation
    check(stored.toReversed(), mids);
  }
}

function announced(updates: readonly Update[], conversationId: string): string[] {
  return updates.flatMap((update) =>
    update.type === 'message.created' && update.payload.conversation_id === conversationId
      ? [update.payload.message.source_message_id ?? '']
      : [],
  );
}

/** The first message is the one that began the conversation. */
function check(found: readonly string[], mids: readonly string[]): void {
  none(
    mids.filter((mid) => !found.includes(mid)),
    'messages are missing',
  );
  const known = found.filter((mid) => mids.includes(mid));
  none(
    known.filter((mid, index) => known.indexOf(mid) !== index),
    'messages are doubled',
  );
  none(
    known.filter((mid, index) => mid !== mids[index]),
    'messages are out of order',
  );
}
