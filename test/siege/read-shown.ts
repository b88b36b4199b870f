import type { Message } from '#libs/messaging';
import type { ParleyClient } from '../harness/parley.client.js';
import { textOf } from '../harness/texts.js';
import { openingWords, type Stored } from './evidence.js';

const callers = 4;

/** Every message as REST shows it, oldest first within its conversation. */
export async function readShown(client: ParleyClient): Promise<Stored[]> {
  const waiting = await client.allConversations();
  const shown: Stored[] = [];
  const read = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      shown.push(...(await client.allMessages(next.id)).toReversed().map(storedOf));
  };
  await Promise.all(Array.from({ length: callers }, read));
  return shown.filter(({ name }) => name !== openingWords);
}

function storedOf(message: Message): Stored {
  const { id, conversation_id: conversationId, source_message_id: mid = null, state, version } = message;
  return { id, conversationId, name: textOf(message), mid, state, version };
}
