import type { OutboundBody } from '#libs/channels/kit';

/**
 * As the caller says it, else what the message is: a template at the message itself is a utility message.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
 */
export function messagingTypeOf({ message, messagingType, tag }: OutboundBody): string {
  if (messagingType !== undefined) return messagingType;
  if (tag !== undefined) return 'MESSAGE_TAG';
  return message['template'] === undefined ? 'RESPONSE' : 'UTILITY';
}
