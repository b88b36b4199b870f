import type { ChannelConnector, OutboundBody } from '#libs/channels/kit';
import {
  sendStore,
  type ChannelEntity,
  type ConversationEntity,
  type MessageEntity,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import type { EventLog } from '#libs/event-log';
import { recordHeaders, topics, type SendCommand } from '#libs/messaging';
import { keptOrigin } from './send-result.js';

export function expectConnected(channel: ChannelEntity): void {
  if (channel.state === 'disconnected' || channel.state === 'disconnecting')
    throw new AppError('channel_disconnected', `Channel ${channel.id} is disconnected.`);
}

/** What is known to be impossible is refused now; what only the source knows ends as a failed message. */
export function expectSendable(
  connector: ChannelConnector,
  body: OutboundBody,
  { conversation, now }: { readonly conversation: ConversationEntity; readonly now: Date },
): void {
  const refusal = connector.sending.refusal(body);
  if (refusal !== null)
    throw new AppError(refusal.code, refusal.message, refusal.errors === undefined ? {} : { errors: refusal.errors });
  const { window_opened_at: openedAt } = conversation;
  // a contact who never wrote to us may have written before the page was connected: only the source knows
  const until = openedAt === null ? null : connector.sending.sendableUntil(body, openedAt);
  if (until !== null && until < now)
    throw new AppError(
      'window_closed',
      `The window for this message closed at ${until.toISOString()}. Wait until the contact writes, or send what is allowed outside the window.`,
    );
}

/** The command wakes a sender; what is due stands in the database. */
export async function orderSend(
  sql: Transaction,
  log: EventLog,
  row: MessageEntity,
  channel: ChannelEntity,
): Promise<void> {
  const { workspace_id, channel_id, conversation_id, id } = row;
  const isHeld = channel.health_state === 'reauth_required';
  await sendStore.wakeLane(workspace_id, sql, { conversation_id, channel_id, isHeld });
  const command: SendCommand = { workspace_id, channel_id, conversation_id, message_id: id };
  log.appendIn(sql, [
    {
      topic: topics.commands,
      key: conversation_id,
      workspaceId: workspace_id,
      headers: recordHeaders('send-message', keptOrigin(row)),
      value: JSON.stringify(command),
    },
  ]);
}
