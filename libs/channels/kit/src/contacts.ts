import type { Contact } from '#libs/messaging';
import type { ChannelCredentials } from './sending.js';

export interface ContactCall {
  readonly credentials: ChannelCredentials;
  readonly sourceContactId: string;
}

/** What the source says about a contact: a value, never an exception. `reason` is for people and holds no token. */
export type ContactAnswer =
  | { readonly kind: 'found'; readonly contact: Partial<Omit<Contact, 'fetch_state'>> }
  /** The source does not show this contact, and asking again at once would not change that. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  | {
      readonly kind: 'later';
      readonly reason: string;
      /** As the source wants it; else whoever asks decides. */
      readonly delayMs?: number;
      /** Whether it holds for every contact of the channel. */
      readonly isWholeChannel: boolean;
    }
  /** Nothing can be asked of this channel until it is connected again. */
  | { readonly kind: 'reauth'; readonly reason: string };

export interface ChannelContacts {
  fetch(call: ContactCall): Promise<ContactAnswer>;
}
