import { facebook } from '#libs/channels/facebook';
import type { ChannelDefinition } from '#libs/channels/kit';

/** THE LIST: the only place that names every channel. */
export const channelDefinitions: readonly ChannelDefinition[] = [facebook];
