import type { ChannelCall, ChannelConnecting } from './connecting.js';
import type { ChannelContacts } from './contacts.js';
import type { ChannelSending } from './sending.js';
import type { ChannelWebhook, SourceApp } from './webhook.js';

/** Everything that Parley knows of a kind of channel. No base class: a channel is an object of this shape. */
export interface ChannelConnector {
  readonly source: string;
  readonly webhook: ChannelWebhook;
  readonly sending: ChannelSending;
  readonly connecting: ChannelConnecting;
  readonly contacts: ChannelContacts;
  readonly calls: readonly ChannelCall[];
  /** The app that the installation is configured with, if any. */
  readonly ownApp: SourceApp | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a channel's configuration was found to be: a connector, or everything that is wrong with it. */
export type ConfiguredChannel =
  | { readonly ok: true; readonly connector: ChannelConnector }
  | { readonly ok: false; readonly problems: readonly string[] };

/** One entry of THE LIST (libs/channels/all). */
export interface ChannelDefinition {
  readonly source: string;
  configure(environment: Environment): ConfiguredChannel;
}
