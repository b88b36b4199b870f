import { asList, asObject, asText, type JsonObject } from '../json.js';

/** https://developers.facebook.com/docs/messenger-platform/webhooks/webhook-events/message-echoes */
export function echoOf(message: JsonObject, mid: string, appId: number): JsonObject {
  const { text, metadata, attachment, attachments } = message;
  const sent = attachment === undefined ? asList(attachments) : [attachment];
  const stickerId = message['sticker_id'];
  const sticker = { type: 'sticker', payload: { url: pictureUrl(String(stickerId)), sticker_id: stickerId } };
  const echoed = stickerId === undefined ? sent.map(echoAttachment) : [sticker];
  return {
    mid,
    is_echo: true,
    app_id: appId,
    ...(metadata === undefined ? {} : { metadata }),
    ...(text === undefined ? {} : { text }),
    ...(echoed.length === 0 ? {} : { attachments: echoed }),
  };
}

function echoAttachment(attachment: unknown): JsonObject {
  const { type, payload } = asObject(attachment);
  const sent = asObject(payload);
  if (type === 'template') return { title: '', type, payload: echoTemplate(sent) };
  const id = asText(sent['attachment_id']);
  return { type, payload: { url: sent['url'] ?? pictureUrl(id ?? 'attachment') } };
}

/** The Send API takes attachment_id as text, the echo has it as a number. */
function echoTemplate(payload: JsonObject): JsonObject {
  if (payload['elements'] === undefined) return payload;
  const elements = asList(payload['elements']).map((element) => {
    const fields = asObject(element);
    const id = fields['attachment_id'];
    return id === undefined ? fields : { ...fields, attachment_id: Number(id) };
  });
  return { ...payload, elements };
}

function pictureUrl(name: string): string {
  return `https://scontent.simulator.example/${name}`;
}
