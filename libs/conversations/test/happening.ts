import type { Event, EventOf } from '#libs/messaging';

type HappeningOf<Type extends Event['type']> = Pick<EventOf<Type>, 'type' | 'payload'>;
export type Happening =
  | HappeningOf<'message.delivered'>
  | HappeningOf<'message.echoed'>
  | HappeningOf<'message.read'>
  | HappeningOf<'message.edited'>
  | HappeningOf<'message.deleted'>
  | HappeningOf<'message.reacted'>;

export interface Echo {
  readonly attempt: number;
  readonly mid: string;
  /** By the source's clock. */
  readonly at?: Date;
}

export interface InConversation {
  readonly conversation_id: string;
  readonly source_contact_id: string;
}
