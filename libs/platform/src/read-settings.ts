import { channelDefinitions } from '#libs/channels/all';
import type { ChannelConnector } from '#libs/channels/kit';
import {
  readEnvironment,
  readProcessConfig,
  type AppName,
  type Environment,
  type ProcessConfig,
  type StandaloneConfig,
} from '#libs/config';

export interface Settings<Config> {
  readonly config: Config;
  readonly connectors: readonly ChannelConnector[];
}

/** Of one role of many processes. Ends the process with the complete list of what is wrong. */
export function readSettings(app: Exclude<AppName, 'standalone'>): Settings<ProcessConfig> {
  const environment = readEnvironment();
  const read = readProcessConfig(app, environment);
  const channels = configureChannels(environment);
  if (!read.ok) refuseStart([...read.problems, ...channels.problems]);
  if (channels.problems.length > 0) refuseStart(channels.problems);
  return { config: read.config, connectors: channels.connectors };
}

/** Of `standalone`, which makes up what is missing: the channels come when it has. */
export function readStandaloneConfig(): { readonly config: StandaloneConfig; readonly environment: Environment } {
  const environment = readEnvironment();
  const read = readProcessConfig('standalone', environment);
  const { problems } = configureChannels(environment);
  if (!read.ok) refuseStart([...read.problems, ...problems]);
  if (problems.length > 0) refuseStart(problems);
  return { config: read.config, environment };
}

export function configureChannels(environment: Environment): {
  readonly connectors: readonly ChannelConnector[];
  readonly problems: readonly string[];
} {
  const configured = channelDefinitions.map((definition) => definition.configure(environment));
  return {
    connectors: configured.flatMap((channel) => (channel.ok ? [channel.connector] : [])),
    problems: configured.flatMap((channel) => (channel.ok ? [] : channel.problems)),
  };
}

function refuseStart(problems: readonly string[]): never {
  process.stderr.write(
    `Parley cannot start with this configuration:\n${problems.map((problem) => `- ${problem}\n`).join('')}`,
  );
  process.exit(1);
}
