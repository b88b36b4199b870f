import type { MessageEntity } from '#libs/database';
import type { EventOf } from '#libs/messaging';
import { openWindow } from './add-message.js';
import { awaiting, parkEvent } from './park-event.js';
import { announceMessage, messageBySource, type Projection } from './projection.js';

type Change = EventOf<'message.edited'> | EventOf<'message.deleted'> | EventOf<'message.reacted'>;

/** An edit, an unsend or a reaction. */
export function applyChange(projection: Projection, event: Change): void {
  if (event.type === 'message.reacted' && event.payload.opens_window === true) openWindowBy(projection, event);
  const mid = event.payload.source_message_id;
  const row = messageBySource(projection, event.channel_id, mid);
  if (row === undefined) {
    parkEvent(projection, event, awaiting.source(mid));
    return;
  }
  const isVisible = change(row, event);
  // a reaction taken back before it came is remembered, though nobody sees a difference
  if (!projection.newMessages.has(row.id)) projection.changedMessages.add(row.id);
  if (isVisible) announceMessage(projection, row);
}

/** Whatever becomes of the reaction, the contact has done something. One that waited did so when it came. */
function openWindowBy(projection: Projection, event: EventOf<'message.reacted'>): void {
  const conversation = projection.conversations.get(event.conversation_id);
  if (conversation === undefined) return;
  const before = conversation.window_opened_at;
  openWindow(conversation, new Date(event.occurred_at));
  if (conversation.window_opened_at === before) return;
  conversation.version += 1;
  projection.changedConversations.add(conversation.id);
}

function change(row: MessageEntity, event: Change): boolean {
  switch (event.type) {
    case 'message.edited':
      return edit(row, event);
    case 'message.deleted':
      return remove(row, event);
    case 'message.reacted':
      return react(row, event);
  }
}

/** Edits are numbered by the source: the highest number wins, whatever arrives last. */
function edit(row: MessageEntity, { payload, occurred_at }: EventOf<'message.edited'>): boolean {
  if (payload.edit_number <= row.edit_number || row.content.type === 'deleted') return false;
  row.edit_number = payload.edit_number;
  row.edited_at = new Date(occurred_at);
  row.content = { ...row.content, text: payload.text };
  return true;
}

function remove(row: MessageEntity, { occurred_at }: EventOf<'message.deleted'>): boolean {
  if (row.content.type === 'deleted') return false;
  row.content = { type: 'deleted' };
  row.deleted_at = new Date(occurred_at);
  return true;
}

/** One reaction an actor; a removal keeps its time, so that an older reaction arriving late stays removed. */
function react(row: MessageEntity, { payload, occurred_at }: EventOf<'message.reacted'>): boolean {
  const former = row.reactions.find((reaction) => reaction.from_contact === payload.from_contact);
  if (former !== undefined && former.reacted_at >= occurred_at) return false;
  const { reaction, from_contact } = payload;
  const others = row.reactions.filter((other) => other !== former);
  row.reactions = [
    ...others,
    { emoji: null, ...reaction, from_contact, reacted_at: occurred_at, is_removed: reaction === null },
  ];
  return reaction !== null || former?.is_removed === false;
}
