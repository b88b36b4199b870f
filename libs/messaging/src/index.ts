export { channelSchema, type Channel } from './channel.schema.js';
export {
  contentSchema,
  outboundContentSchema,
  templateTypes,
  type Attachment,
  type Content,
  type EventName,
  type OutboundContent,
} from './content.schema.js';
export { conversationSchema, type Contact, type Conversation, type Window } from './conversation.schema.js';
export {
  eventSchema,
  originOf,
  readEvent,
  recordHeaders,
  sendCommandSchema,
  topics,
  type Event,
  type EventOf,
  type Origin,
  type SendCommand,
  type Unrouted,
} from './event.schema.js';
export { conversationId, messageId, uuid5, uuid7 } from './ids.js';
export {
  instantSchema,
  messageSchema,
  type Failure,
  type Message,
  type MessageState,
  type Reaction,
  type Referral,
  type ReplyTo,
  type Sender,
  type SenderType,
} from './message.schema.js';
export { storableJson, storableText } from './storable-text.js';
export { updateSchema, type Update } from './update.schema.js';
