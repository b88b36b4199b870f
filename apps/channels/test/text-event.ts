import { conversationId, messageId, type Channel, type Event } from '#libs/messaging';

export interface Text {
  readonly contact: string;
  readonly mid: string;
  readonly text: string;
  readonly at: Date;
}

/** As the channel would read it. */
export function textEvent(channel: Channel, workspaceId: string, { contact, mid, text, at }: Text): Event {
  return {
    id: messageId(channel.id, `event ${mid}`),
    type: 'message.received',
    source: channel.source,
    workspace_id: workspaceId,
    channel_id: channel.id,
    conversation_id: conversationId(channel.id, contact),
    source_contact_id: contact,
    occurred_at: at.toISOString(),
    received_at: at.toISOString(),
    raw: JSON.stringify({
      sender: { id: contact },
      recipient: { id: channel.source_channel_id },
      message: { mid, text },
    }),
    payload: {
      message_id: messageId(channel.id, mid),
      source_message_id: mid,
      content: { type: 'text', text },
      counts_as_unread: true,
      opens_window: true,
    },
  };
}
