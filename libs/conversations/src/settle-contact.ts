import { isDeepStrictEqual } from 'node:util';
import type { ContactAnswer } from '#libs/channels/kit';
import {
  contactStore,
  type ChannelEntity,
  type ConversationEntity,
  type Database,
  type DueContact,
} from '#libs/database';
import type { EventLog } from '#libs/event-log';
import { channelRecord } from './channel-record.js';
import { openConversation } from './open-conversation.js';
import { announceConversation, type ProjectionRules } from './projection.js';
import { requireReauth } from './require-reauth.js';
import { saveProjection } from './save-projection.js';

const firstDelaySeconds = 2;
const maxDelaySeconds = 86_400;
/** Where a whole channel waits, a contact who writes meanwhile waits too: not for long without being told so. */
const maxPauseSeconds = 60;

export interface ContactHouse {
  readonly database: Database;
  readonly log: EventLog;
  readonly publicUrl: string;
  now(): Date;
  rules(): ProjectionRules;
}

type Final = Extract<ContactAnswer, { kind: 'found' | 'unavailable' }>;

/** What follows from the source's answer about a claimed contact. `channel`: as it was asked. */
export async function settleContact(
  house: ContactHouse,
  due: DueContact,
  channel: ChannelEntity,
  answer: ContactAnswer,
): Promise<void> {
  switch (answer.kind) {
    case 'found':
    case 'unavailable':
      return keep(house, due, answer);
    case 'later':
      return putOff(house, due, answer);
    case 'reauth':
      return hold(house, due, channel, answer.reason);
  }
}

/** An answer whose claim has passed to somebody else is dropped: theirs is newer. Locks: conversation, log. */
function keep(house: ContactHouse, due: DueContact, answer: Final): Promise<void> {
  return house.database.transaction(async (sql) => {
    const rules = house.rules();
    const { projection, conversation } = await openConversation(due.workspace_id, sql, rules, due.id);
    if (conversation.contact_due_at?.getTime() !== due.contact_due_at.getTime()) return;
    conversation.contact_due_at = null;
    conversation.contact_tries = 0;
    conversation.contact_fetched_at = rules.now;
    projection.changedConversations.add(conversation.id);
    const contact = contactAfter(conversation, answer);
    if (!isDeepStrictEqual(contact, conversation.contact)) {
      conversation.contact = contact;
      announceConversation(projection, conversation);
    }
    await saveProjection(sql, house.log, projection);
  });
}

/** What was known of a contact stays when the source shows no more. */
function contactAfter({ contact }: ConversationEntity, answer: Final): ConversationEntity['contact'] {
  return answer.kind === 'found'
    ? { ...answer.contact, fetch_state: 'ok' }
    : { ...contact, fetch_state: 'failed' as const };
}

async function putOff(
  { database }: ContactHouse,
  due: DueContact,
  { isWholeChannel, delayMs }: Extract<ContactAnswer, { kind: 'later' }>,
): Promise<void> {
  const seconds = delayMs === undefined ? backOffSeconds(due.contact_tries) : delayMs / 1000;
  if (!isWholeChannel) return contactStore.putOff(due.workspace_id, database, due, seconds);
  const pause = delayMs === undefined ? Math.min(seconds, maxPauseSeconds) : seconds;
  await contactStore.pauseChannel(due.workspace_id, database, due.channel_id, pause);
  // it is the channel that waits
  await contactStore.putOff(due.workspace_id, database, due, 0);
}

/** Due at once: nobody asks before the channel is connected, and then everybody is due. Locks: channel, log. */
async function hold(house: ContactHouse, due: DueContact, asked: ChannelEntity, reason: string): Promise<void> {
  await house.database.transaction(async (sql) => {
    const { held } = await requireReauth(sql, asked, reason);
    if (held !== null) house.log.appendIn(sql, [channelRecord(held, house).record]);
  });
  await contactStore.putOff(due.workspace_id, house.database, due, 0);
}

/** Doubles from try to try; the jitter keeps many contacts from coming back at once. */
function backOffSeconds(tries: number): number {
  return Math.min(firstDelaySeconds * 2 ** (tries - 1), maxDelaySeconds) * (0.75 + Math.random() / 2);
}
