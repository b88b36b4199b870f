import type { SendCall, SendOutcome } from '#libs/channels/kit';
import type { GraphClient } from '../graph/graph.client.js';
import { asText, compact, type JsonObject } from '../json.js';
import { writeTag } from '../own-tag.js';
import { USER_REF } from '../source.js';
import { messagingTypeOf } from './messaging-type.js';
import { outcomeOf } from './send-outcome.js';

/** https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export async function sendMessage(graph: GraphClient, call: SendCall): Promise<SendOutcome> {
  const { sourceChannelId, token, app } = call.credentials;
  const method = 'POST';
  const result = await graph.call({
    method,
    path: `${encodeURIComponent(sourceChannelId)}/messages`,
    token,
    secret: app.secrets[0],
    body: bodyOf(call),
  });
  call.exchanged?.({ method, host: graph.host, status: result.kind === 'answered' ? result.status : undefined });
  return outcomeOf(result, [token, ...app.secrets], Date.now());
}

function bodyOf({ sourceContactId, body, messageId, attempt }: SendCall): JsonObject {
  const { message, tag, replyToSourceMessageId: mid } = body;
  const metadata = writeTag({ message_id: messageId, attempt }, asText(message['metadata']));
  return compact({
    recipient: recipientOf(sourceContactId),
    messaging_type: messagingTypeOf(body),
    message: { ...message, metadata },
    tag,
    notification_type: body.notificationType,
    persona_id: body.personaId,
    reply_to: mid === undefined ? undefined : { mid },
  });
}

function recipientOf(sourceContactId: string): JsonObject {
  const isRef = sourceContactId.startsWith(USER_REF);
  return isRef ? { user_ref: sourceContactId.slice(USER_REF.length) } : { id: sourceContactId };
}
