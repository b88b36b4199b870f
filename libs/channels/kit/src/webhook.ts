import type { Event, Unrouted } from '#libs/messaging';

/** An app at the source: its secrets sign what the source sends. */
export interface SourceApp {
  readonly appId: string;
  /** Current first, then the previous one while a rotation lasts. */
  readonly secrets: readonly string[];
  readonly verifyToken: string;
  /** The workspace that registered it; null: the installation's own. */
  readonly workspaceId: string | null;
}

/** The channel that an item belongs to, once it is found. */
export interface ChannelRef {
  readonly workspaceId: string;
  readonly channelId: string;
  readonly sourceChannelId: string;
  /** The app through which the channel is connected. */
  readonly appId: string;
}

/** One item of a webhook body, not yet looked into. */
export interface WebhookItem {
  readonly sourceChannelId: string;
  /** The item exactly as it came: JSON text. */
  readonly raw: string;
  readonly value: unknown;
  /** Where in the body it lay, e.g. `messaging`, `standby`, `changes`. */
  readonly lane: string;
  /** When the source sent the body, if it says so: ISO-8601. Stands in where an item has no time of its own. */
  readonly sentAt?: string | undefined;
}

/** What can't be attributed to any channel and why. Kept raw. */
export interface WebhookReject {
  readonly sourceChannelId: string | null;
  readonly reason: string;
  readonly raw: string;
}

export interface WebhookBody {
  readonly items: readonly WebhookItem[];
  readonly rejects: readonly WebhookReject[];
}

export interface ChannelWebhook {
  /** Shared URLs beside `/webhooks/<source>` and `/webhooks/<source>/<channel id>`. */
  readonly extraPaths: readonly string[];
  /** The body of the 200. */
  readonly acknowledgement: string;
  /** The subscription handshake: what the query asks, or null when it asks nothing that we know. */
  readHandshake(
    query: Readonly<Record<string, unknown>>,
  ): { readonly token: string; readonly challenge: string } | null;
  /** Constant time; false for a missing or malformed signature. */
  isAuthentic(
    rawBody: Buffer,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    secret: string,
  ): boolean;
  /** Never throws: what is not readable is a reject. */
  readBody(rawBody: Buffer): WebhookBody;
  /** An item that was kept because nobody was there for it; null: it is none, but a body or an entry. Never throws. */
  readUnrouted(unrouted: Unrouted): WebhookItem | null;
  /** Never throws: a kind that we do not know becomes an `unsupported` message or an `unknown` event. */
  normalise(item: WebhookItem, channel: ChannelRef, receivedAt: string): Event;
}
