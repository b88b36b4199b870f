import { asObject, isObject } from '../json.js';
import { checkTemplate } from './check-template.js';
import { invalidParameter } from './graph-error.js';

/** https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets */
export function checkAttachment(attachment: unknown): void {
  if (!isObject(attachment)) throw invalidParameter('Param message[attachment] must be an object');
  const payload = asObject(attachment['payload']);
  switch (attachment['type']) {
    case 'template':
      checkTemplate(payload);
      return;
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
      if ((payload['url'] === undefined) === (payload['attachment_id'] === undefined)) {
        throw invalidParameter('Param message[attachment][payload] needs either url or attachment_id');
      }
      return;
    default:
      throw invalidParameter('Param message[attachment][type] must be image, video, audio, file or template');
  }
}
