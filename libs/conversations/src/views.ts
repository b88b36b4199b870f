import type { ChannelEntity, ConversationEntity, MessageEntity } from '#libs/database';
import type { Channel, Contact, Conversation, Message, MessageState, Reaction, Window } from '#libs/messaging';

/** Rows as the one JSON that REST, stream, log and webhooks share. */

export interface ChannelViewOptions {
  /** Prefix of `webhook_url`, without a slash at its end. */
  readonly publicUrl: string;
  readonly lastEventAt?: Date | undefined;
}

export function channelView(row: ChannelEntity, { publicUrl, lastEventAt }: ChannelViewOptions): Channel {
  return {
    id: row.id,
    source: row.source,
    source_channel_id: row.source_channel_id,
    connected: row.state === 'connected',
    version: row.version,
    metadata: {
      ...(Object.keys(row.user_data).length > 0 ? { user_data: row.user_data } : {}),
      name: row.name,
      ...optional('image_url', row.image_url),
    },
    webhook_url: `${publicUrl}/webhooks/${row.source}/${row.id}`,
    health: {
      state: row.health_state,
      ...optional('reason', row.health_reason),
      since: row.health_since.toISOString(),
      ...optional('last_event_at', lastEventAt?.toISOString()),
      ...optional('last_verification', row.last_verification),
      ...optional('last_gap', row.last_gap),
      subscribed_fields: row.subscribed_fields,
      ...optional('token_expires_at', row.token_expires_at?.toISOString()),
    },
  };
}

/** Until the source tells a name: the source's own and the end of the id, as Airy does. */
function contactView(row: ConversationEntity, source: string): Contact {
  const fallback = `${source.charAt(0).toUpperCase()}${source.slice(1)} ${row.source_contact_id.slice(-5)}`;
  return { ...row.contact, display_name: row.contact.display_name ?? fallback };
}

export function messageView(row: MessageEntity, conversation: ConversationEntity): Message {
  const contact = row.from_contact ? contactView(conversation, row.source) : undefined;
  const reactions = reactionsView(row);
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    channel_id: row.channel_id,
    source: row.source,
    ...optional('source_message_id', row.source_message_id),
    version: row.version,
    from_contact: row.from_contact,
    sender_type: row.sender_type,
    sender:
      contact === undefined
        ? row.sender
        : { id: row.sender.id, name: contact.display_name, avatar_url: contact.avatar_url ?? null },
    content: row.content,
    ...optional('reply_to', row.reply_to),
    ...(reactions.length > 0 ? { reactions } : {}),
    ...optional('referral', row.referral),
    state: row.state,
    delivery_state: deliveryState(row.state),
    ...optional('failure', row.failure),
    sent_at: row.sent_at.toISOString(),
    ...timesView(row),
    received_at: row.received_at.toISOString(),
    metadata: { ...row.metadata, ...reactionMetadata(reactions) },
    ...optional('source_data', row.source_data),
  };
}

export interface ConversationParts {
  readonly channel: Channel;
  readonly lastMessage: Message;
  readonly window: Window;
}

export function conversationView(
  row: ConversationEntity,
  { channel, lastMessage, window }: ConversationParts,
): Conversation {
  if (row.created_at === null) throw new Error(`Conversation ${row.id} has no message yet: it can't be shown.`);
  return {
    id: row.id,
    source_contact_id: row.source_contact_id,
    created_at: row.created_at.toISOString(),
    version: row.version,
    channel,
    last_message: lastMessage,
    metadata: {
      contact: contactView(row, channel.source),
      unread_count: row.unread_count,
      ...(Object.keys(row.tags).length > 0 ? { tags: row.tags } : {}),
      ...optional('state', row.state),
      ...(Object.keys(row.user_data).length > 0 ? { user_data: row.user_data } : {}),
    },
    window,
    ...optional('thread_owner', row.thread_owner),
  };
}

function timesView(
  row: MessageEntity,
): Pick<Message, 'source_sent_at' | 'delivered_at' | 'read_at' | 'edited_at' | 'deleted_at'> {
  return {
    ...optional('source_sent_at', row.source_sent_at?.toISOString()),
    ...optional('delivered_at', row.delivered_at?.toISOString()),
    ...optional('read_at', row.read_at?.toISOString()),
    ...optional('edited_at', row.edited_at?.toISOString()),
    ...optional('deleted_at', row.deleted_at?.toISOString()),
  };
}

function reactionsView(row: MessageEntity): Reaction[] {
  return row.reactions.flatMap(({ is_removed, ...reaction }) => (is_removed ? [] : [reaction]));
}

/** Airy shows the contact's reaction in the metadata. */
function reactionMetadata(reactions: readonly Reaction[]): Record<string, unknown> {
  const reaction = reactions.find(({ from_contact }) => from_contact);
  return reaction === undefined ? {} : { reaction: { emoji: reaction.emoji, sent_at: reaction.reacted_at } };
}

function deliveryState(state: MessageState): Message['delivery_state'] {
  switch (state) {
    case 'sent':
    case 'delivered':
    case 'read':
      return 'delivered';
    case 'failed':
      return 'failed';
    case 'pending':
    case 'unknown':
      return 'pending';
  }
}

function optional<Key extends string, Value>(key: Key, value: Value | null | undefined): Partial<Record<Key, Value>> {
  return value === null || value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, Value>>);
}
