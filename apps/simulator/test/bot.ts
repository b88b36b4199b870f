import type { Facebook } from './facebook.js';
import type { Item, Receiver } from './receiver.js';

type Message = Record<string, unknown>;

const YES_OR_NO = ['Yes', 'No'].map((title) => ({ content_type: 'text', title, payload: title.toUpperCase() }));

function answerTo(item: Item): Message | undefined {
  const message = item['message'] as { text?: string; quick_reply?: { payload: string } } | undefined;
  const reaction = item['reaction'] as { action: string } | undefined;
  if (reaction !== undefined) return { text: `you ${reaction.action}` };
  if (message?.quick_reply !== undefined) return { text: `you said ${message.quick_reply.payload}` };
  return message?.text === 'hi' ? { text: 'Do you like it?', quick_replies: YES_OR_NO } : undefined;
}

/** The smallest bot: asks whoever says "hi", repeats what was tapped, notices reactions, is silent otherwise. */
export async function startBot(facebook: Facebook, receiver: Receiver): Promise<void> {
  const token = await facebook.pageToken();
  receiver.onItem = async (item) => {
    const recipient = item['sender'];
    const message = answerTo(item);
    if (message === undefined) return;
    await facebook.post('/v25.0/me/messages', token, { recipient, sender_action: 'typing_on' });
    await facebook.post('/v25.0/me/messages', token, { recipient, messaging_type: 'RESPONSE', message });
  };
}
