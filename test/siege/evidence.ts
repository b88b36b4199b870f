import type { Update } from '#libs/messaging';

/** With these, conversations were opened for the sends; nobody counts them (test/harness/start-chats.ts). */
export const openingWords = 'first';

/** A customer's text that was answered 200. Its name is its text; numbers rise within a conversation. */
export interface Posted {
  readonly name: string;
  readonly number: number;
  readonly mid: string;
  readonly psid: string;
}

/** A text of ours for which the caller got a 200, and with it the message's id. */
export interface Sent {
  readonly name: string;
  readonly number: number;
  readonly id: string;
  readonly psid: string;
}

/** A message as a row, or as REST shows it. */
export interface Stored {
  readonly id: string;
  readonly conversationId: string;
  readonly name: string;
  readonly mid: string | null;
  readonly state: string;
  readonly version: number;
}

/** An Update as a stream told it. */
export interface Told {
  readonly id: string;
  readonly type: Update['type'];
  readonly conversationId: string;
  /** Of messages only. */
  readonly messageId?: string;
  readonly version?: number;
  readonly name?: string;
}

export interface ToldBy {
  readonly name: string;
  readonly told: readonly Told[];
}

/** A call of the Send API that Facebook accepted, by its own record. */
export interface GraphCall {
  readonly messageId: string;
  readonly name: string;
  readonly psid: string;
  readonly mid: string;
}

/** Everything that is compared. */
export interface Evidence {
  readonly posted: readonly Posted[];
  readonly sent: readonly Sent[];
  /** Names of what was posted or called and never answered. */
  readonly unanswered: readonly string[];
  readonly rows: readonly Stored[];
  /** By REST, oldest first. */
  readonly shown: readonly Stored[];
  readonly streams: readonly ToldBy[];
  /** In the order of arrival. */
  readonly calls: readonly GraphCall[];
}
