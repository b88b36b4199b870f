import type { Content, Failure, OutboundContent, Window } from '#libs/messaging';
import type { SourceApp } from './webhook.js';

/** What a call to the source needs. Never logged. */
export interface ChannelCredentials {
  readonly sourceChannelId: string;
  readonly token: string;
  readonly app: SourceApp;
}

/** A message in the source's own words, kept with the row from acceptance on. */
export interface OutboundBody {
  /** The source's JSON, without our tag. */
  readonly message: Readonly<Record<string, unknown>>;
  readonly messagingType?: string | undefined;
  readonly tag?: string | undefined;
  readonly notificationType?: string | undefined;
  readonly personaId?: string | undefined;
  readonly replyToSourceMessageId?: string | undefined;
  /** The caller has said that a person wrote it. */
  readonly isFromPerson?: boolean | undefined;
}

export interface SendCall {
  readonly credentials: ChannelCredentials;
  readonly sourceContactId: string;
  readonly body: OutboundBody;
  /** Comes back in the echo. */
  readonly messageId: string;
  readonly attempt: number;
  /** Told of the exchange that was had for it, for whoever watches. Must not throw. */
  readonly exchanged?: (exchange: SourceExchange) => void;
}

/** Over HTTP, and nothing of what was said in it. */
export interface SourceExchange {
  readonly method: string;
  readonly host: string;
  /** Undefined: there was no answer. */
  readonly status: number | undefined;
}

/** How a send ended: a value, never an exception. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly sourceMessageId: string; readonly sourceSentAt: string }
  /** Provably not sent and worth repeating: the request was not written, or a listed refusal. */
  | { readonly kind: 'not_sent'; readonly failure: Failure; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** Not sent; nothing can be sent on this channel until it is connected again. */
  | { readonly kind: 'reauth'; readonly failure: Failure }
  /** The request was written and no answer says what became of it. Never repeated by itself. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** Why something can't be sent, known before any call. `code` is registered in libs/errors. */
export interface SendRefusal {
  readonly code: 'invalid_request' | 'limit_exceeded' | 'content_not_sendable' | 'tag_retired' | 'feature_withdrawn';
  readonly message: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export interface SearchCall {
  readonly credentials: ChannelCredentials;
  readonly sourceContactId: string;
  readonly body: OutboundBody;
  /** When the send was begun, by the monotonic clock of this process; it may lie before its start. */
  readonly begunAtMs: number;
}

/** Something that the channel said to the contact, and that may be the send that is sought. */
export interface LikelySend {
  readonly sourceMessageId: string;
  readonly sourceSentAt: string;
  /** Said in the moment of the send, and nothing about it says that it is another. */
  readonly fits: boolean;
}

/** `likely`: whatever says the same, whenever it was said. */
export type SendSearch =
  | { readonly kind: 'read'; readonly likely: readonly LikelySend[] }
  | { readonly kind: 'unread'; readonly reason: string };

/** For a source that can be asked what became of a send which it never told of. */
export interface ChannelSearch {
  /** Whether the source, with what it is subscribed to, will not tell by itself, and this message can be recognised. */
  isOfUse(subscribedFields: readonly string[], body: OutboundBody): boolean;
  find(call: SearchCall): Promise<SendSearch>;
}

export interface ChannelSending {
  /** Canonical content in the source's own words. */
  render(content: OutboundContent): Readonly<Record<string, unknown>>;
  /** The reverse, as the echo would be read. */
  contentOf(message: Readonly<Record<string, unknown>>): Content;
  /** What the caller said beside the content, as the echo would tell it; null: nothing. */
  sourceDataOf(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null;
  /** Limits and withdrawn features; null: may be sent. */
  refusal(body: OutboundBody): SendRefusal | null;
  /** What may be sent now, given when the contact last opened the window. */
  window(openedAt: Date | null, now: Date): Window;
  /** Until when this message may be sent, given when the contact last opened the window; null: no window is known to bind it. */
  sendableUntil(body: OutboundBody, openedAt: Date): Date | null;
  send(call: SendCall): Promise<SendOutcome>;
  readonly search?: ChannelSearch;
}
