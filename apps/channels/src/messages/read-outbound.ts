import type { ChannelConnector, OutboundBody } from '#libs/channels/kit';
import type { OutboundRequest } from '#libs/conversations';
import { AppError } from '#libs/errors';
import { zodBody } from '#libs/http';
import { outboundContentSchema, type OutboundContent } from '#libs/messaging';
import type { ApiCaller } from '../auth/caller.js';
import type { CallBody } from '../calls/call-body.js';
import { expectId } from '../calls/expect-id.js';
import { invalidField } from '../calls/invalid-field.js';
import { readRecipient } from './read-recipient.js';
import type { MessagesSendRequest } from './messages-send.request.js';

const maxMetadataBytes = 16 * 1_024;

/** What a person wants to send, as the domain takes it. `given`: the body of which `request` is the envelope. */
export function readOutbound(request: MessagesSendRequest, given: CallBody, caller: ApiCaller): OutboundRequest {
  const { content, message } = readMessage(given);
  return {
    ...readTarget(request, given),
    content,
    sender: readSender(request, caller),
    replyToMessageId: request.reply_to && expectId('message', request.reply_to.message_id),
    metadata: readMetadata(given),
    body: (connector) => ({
      message: message(connector),
      messagingType: request.messaging_type,
      tag: request.tag,
      notificationType: request.notification_type,
      personaId: request.persona_id,
      ...(request.sender?.type === 'agent' && { isFromPerson: true }),
    }),
  };
}

type Target = Pick<OutboundRequest, 'conversationId' | 'channelId' | 'sourceContactId'>;

function readTarget(request: MessagesSendRequest, given: CallBody): Target {
  const { conversation_id: conversationId, channel_id: channelId } = request;
  if (conversationId !== undefined) return { conversationId: expectId('conversation', conversationId) };
  const sourceContactId = readRecipient(given);
  if (channelId !== undefined && sourceContactId !== undefined)
    return { channelId: expectId('channel', channelId), sourceContactId };
  throw new AppError(
    'invalid_request',
    'Name the receiver by conversation_id, or by channel_id and source_recipient_id.',
  );
}

interface Said {
  readonly content: OutboundContent | undefined;
  readonly message: (connector: ChannelConnector) => OutboundBody['message'];
}

/** The body is never looked into to tell the two forms apart. */
function readMessage({ message, content }: CallBody): Said {
  if ((message === undefined) === (content === undefined))
    throw new AppError('invalid_request', 'Send exactly one of message and content.', {
      errors: ['message', 'content'].map((field) => ({
        field,
        message: 'exactly one of message and content is needed',
      })),
    });
  if (content === undefined) return { content, message: () => message as OutboundBody['message'] };
  const canonical = zodBody(outboundContentSchema, content, 'content');
  return { content: canonical, message: (connector) => connector.sending.render(canonical) };
}

/** A sender who is not named is the key; one who has an id of his own is not given its name. */
function readSender({ sender }: MessagesSendRequest, { keyId, keyName }: ApiCaller): OutboundRequest['sender'] {
  if (sender === undefined) return { type: 'agent', id: keyId, name: keyName, avatarUrl: null };
  const { type, id, name, avatar_url: avatarUrl } = sender;
  const hasOwnId = id !== undefined && id !== null;
  return { type, id: hasOwnId ? id : keyId, name: name ?? (hasOwnId ? null : keyName), avatarUrl: avatarUrl ?? null };
}

function readMetadata({ metadata = {} }: CallBody): OutboundRequest['metadata'] {
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes)
    throw invalidField('metadata', 'must be at most 16 KiB of JSON');
  return metadata as OutboundRequest['metadata'];
}
