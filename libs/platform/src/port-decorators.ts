import type { ChannelConnector } from '#libs/channels/kit';
import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';

/** What a process reaches the world by, as whoever composes it may dress it before anything uses it (docs/adr/0013). */
export interface PortDecorators {
  readonly database?: (database: Database) => Database;
  readonly log?: (log: EventLog) => EventLog;
  readonly connector?: (connector: ChannelConnector) => ChannelConnector;
}

const asItIs = <Port>(port: Port): Port => port;

export function decoratorsOf(given: PortDecorators = {}): Required<PortDecorators> {
  return { database: asItIs, log: asItIs, connector: asItIs, ...given };
}
