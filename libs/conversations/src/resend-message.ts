import type { OutboundBody } from '#libs/channels/kit';
import type { MessageEntity, Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import type { Message } from '#libs/messaging';
import { findMessage } from './find-message.js';
import { openConversation } from './open-conversation.js';
import { expectConnected, expectSendable, orderSend } from './order-send.js';
import { announceMessage } from './projection.js';
import type { OutboundHouse } from './queue-outbound.js';
import { saveProjection } from './save-projection.js';
import { messageView } from './views.js';

/** Opens another attempt of a message that failed, or of which nobody knows: the only way in which a state goes back. */
export async function resendMessage(
  workspaceId: string,
  sql: Transaction,
  house: OutboundHouse,
  id: string,
): Promise<Message> {
  const { conversation_id } = await findMessage(workspaceId, sql, id);
  const { projection, conversation, channel } = await openConversation(workspaceId, sql, house.rules, conversation_id);
  // read again now that nobody can change it: a late echo may have proved it meanwhile
  const row = await findMessage(workspaceId, sql, id);
  const body = expectResendable(row);
  expectConnected(channel);
  expectSendable(house.connectorOf(channel.source), body, { conversation, now: house.rules.now });
  row.state = 'pending';
  row.failure = null;
  row.attempt += 1;
  projection.messages.set(row.id, row);
  announceMessage(projection, row);
  await saveProjection(sql, house.log, projection);
  await orderSend(sql, house.log, row, channel);
  return messageView(row, conversation);
}

function expectResendable({ id, state, outbound }: MessageEntity): OutboundBody {
  if (outbound !== null && (state === 'failed' || state === 'unknown')) return outbound as unknown as OutboundBody;
  throw new AppError(
    'message_not_resendable',
    `Message ${id} is ${state}: only what failed or is unknown is sent again.`,
  );
}
