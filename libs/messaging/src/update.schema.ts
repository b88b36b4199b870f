import { z } from 'zod';
import { channelSchema } from './channel.schema.js';
import { conversationSchema, windowSchema } from './conversation.schema.js';
import { instantSchema, messageSchema } from './message.schema.js';

const envelope = {
  /** The same on every repeat: a function of what changed and its version. */
  id: z.uuid(),
  timestamp: instantSchema,
  workspace_id: z.uuid(),
  channel_id: z.uuid(),
};

const messageCreated = z.strictObject({
  ...envelope,
  type: z.literal('message.created'),
  conversation_id: z.uuid(),
  payload: z.strictObject({
    conversation_id: z.uuid(),
    channel_id: z.uuid(),
    message: messageSchema,
    unread_count: z.int().nonnegative(),
    window: windowSchema,
  }),
});

const messageUpdated = z.strictObject({
  ...envelope,
  type: z.literal('message.updated'),
  conversation_id: z.uuid(),
  payload: z.strictObject({ conversation_id: z.uuid(), channel_id: z.uuid(), message: messageSchema }),
});

const conversationCreated = z.strictObject({
  ...envelope,
  type: z.literal('conversation.created'),
  conversation_id: z.uuid(),
  payload: conversationSchema,
});

const conversationUpdated = z.strictObject({
  ...envelope,
  type: z.literal('conversation.updated'),
  conversation_id: z.uuid(),
  payload: conversationSchema,
});

const channelUpdated = z.strictObject({ ...envelope, type: z.literal('channel.updated'), payload: channelSchema });

/** One announcement on `conversation.updates`, on SSE, WebSocket and outbound webhooks. */
export const updateSchema = z.discriminatedUnion('type', [
  messageCreated,
  messageUpdated,
  conversationCreated,
  conversationUpdated,
  channelUpdated,
]);
export type Update = z.infer<typeof updateSchema>;
