import { asText, type JsonObject } from '../json.js';
import { invalidParameter, refusal } from './graph-error.js';
import { objectParameter } from './graph-request.js';
import { MESSAGING_TYPES, RECIPIENT_KEYS, RETIRED_TAGS, SENDER_ACTIONS, TAGS } from './limits.js';

export interface Send {
  readonly psid: string;
  /** Absent when a sender action is sent. */
  readonly message?: JsonObject;
  readonly action?: string;
  readonly messagingType?: string;
  readonly tag?: string;
  readonly replyToMid?: string;
}

/** The checks of everything around the message. https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export function readSend(parameters: JsonObject): Send {
  const psid = readRecipient(objectParameter(parameters, 'recipient'));
  const message = objectParameter(parameters, 'message');
  const action = readAction(parameters['sender_action']);
  if (message !== undefined && action !== undefined) throw refusal('message_and_action');
  if (message === undefined && action === undefined) throw refusal('nothing_to_send');
  const replyToMid = asText(objectParameter(parameters, 'reply_to')?.['mid']);
  return {
    psid,
    ...(message === undefined ? {} : { message }),
    ...(action === undefined ? {} : { action }),
    ...readType(asText(parameters['messaging_type']), asText(parameters['tag'])),
    ...(replyToMid === undefined ? {} : { replyToMid }),
  };
}

function readRecipient(recipient: JsonObject | undefined): string {
  if (recipient === undefined) throw invalidParameter('The parameter recipient is required');
  const given = RECIPIENT_KEYS.filter((key) => recipient[key] !== undefined);
  if (given.length !== 1) throw invalidParameter('Param recipient must name exactly one recipient');
  const { id } = recipient;
  if (id === undefined) throw refusal('no_such_user', { message: 'The simulator knows recipients by id only' });
  if (typeof id !== 'string' && typeof id !== 'number') throw invalidParameter('Param recipient[id] must be a string');
  return String(id);
}

function readAction(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  const action = asText(value)?.toLowerCase();
  if (action === undefined || !SENDER_ACTIONS.has(action)) {
    throw invalidParameter('Param sender_action is not a known action');
  }
  return action;
}

function readType(messagingType: string | undefined, tag: string | undefined): Pick<Send, 'messagingType' | 'tag'> {
  if (messagingType !== undefined && !MESSAGING_TYPES.has(messagingType)) {
    throw invalidParameter('Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}');
  }
  if (tag !== undefined) checkTag(tag);
  else if (messagingType === 'MESSAGE_TAG') throw invalidParameter('A message tag is required');
  return { ...(messagingType === undefined ? {} : { messagingType }), ...(tag === undefined ? {} : { tag }) };
}

function checkTag(tag: string): void {
  if (RETIRED_TAGS.has(tag)) throw invalidParameter(`The message tag ${tag} is deprecated`);
  if (!TAGS.has(tag)) throw invalidParameter('Param tag is not a known message tag');
}
