import type { Channel } from '#libs/messaging';
import type { z } from 'zod';
import type { ChannelCredentials } from './sending.js';
import type { SourceApp } from './webhook.js';

export type SourceRefusalCode =
  | 'token_invalid'
  | 'token_not_page'
  | 'token_wrong_page'
  | 'permission_missing'
  | 'graph_refused'
  | 'graph_unavailable'
  | 'graph_timeout';

/** The source said no, or nothing. `code` is registered in libs/errors. Holds no token. */
export class SourceRefusal extends Error {
  override readonly name = 'SourceRefusal';

  constructor(
    readonly code: SourceRefusalCode,
    message: string,
    readonly sourceError?: {
      readonly code?: number;
      readonly subcode?: number;
      readonly message: string;
      readonly trace?: string;
    },
  ) {
    super(message);
  }
}

export interface InspectedChannel {
  /** The long-lived token, to be kept encrypted. */
  readonly token: string;
  readonly tokenExpiresAt?: Date;
  readonly name: string;
  readonly imageUrl?: string;
}

export interface HeldSubscription {
  /** What the source sends now; none: nothing. */
  readonly fields: readonly string[];
  /** What it should send beside them. */
  readonly missing: readonly string[];
}

export interface ChannelConnecting {
  /** Checks that the token is one of this channel and exchanges it for one that lasts. Throws `SourceRefusal`. */
  inspect(credentials: ChannelCredentials): Promise<InspectedChannel>;
  /** Subscribes and reads back: answers the fields that the source now holds. Throws `SourceRefusal`. */
  subscribe(credentials: ChannelCredentials): Promise<readonly string[]>;
  /** Throws `SourceRefusal`. */
  readSubscription(credentials: ChannelCredentials): Promise<HeldSubscription>;
  /** Throws `SourceRefusal`. */
  unsubscribe(credentials: ChannelCredentials): Promise<void>;
}

export interface ConnectInput {
  readonly sourceChannelId: string;
  readonly token: string;
  readonly name?: string | undefined;
  readonly imageUrl?: string | undefined;
  /** Registers this app of the source for the workspace, or names a registered one. */
  readonly app?:
    | { readonly appId: string; readonly secret?: string | undefined; readonly verifyToken?: string | undefined }
    | undefined;
}

/** What a channel's own calls may ask of the house. */
export interface ChannelHouse {
  connect(workspaceId: string, input: ConnectInput): Promise<Channel>;
  /** Again: nothing happens. */
  disconnect(workspaceId: string, channelId: string): Promise<void>;
  /** The apps that this workspace may connect through, the installation's own first. */
  apps(workspaceId: string): Promise<readonly SourceApp[]>;
  /** Which of these channels of the source are connected in this workspace. */
  connected(workspaceId: string, sourceChannelIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A call that only this channel has, e.g. `channels.facebook.connect`: data, mounted by apps/channels. */
export interface ChannelCall<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly scope: 'channels.read' | 'channels.write';
  readonly summary: string;
  readonly request: Request;
  /** null: 204 and nothing. */
  readonly answer: Answer | null;
  /** Names of the same call in Airy's clients. */
  readonly aliases?: readonly string[];
  /** Whether an `Idempotency-Key` is honoured. */
  readonly idempotent: boolean;
  /** Beside those that every call can meet. */
  readonly refusals?: readonly (SourceRefusalCode | 'page_taken')[];
  /** Bodies by a few words on what they do. */
  readonly examples?: Readonly<Record<string, object>>;
  run(house: ChannelHouse, workspaceId: string, request: z.infer<Request>): Promise<z.infer<Answer>>;
}
