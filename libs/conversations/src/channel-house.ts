import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { TokenVault } from '#libs/security';

/** What changing a channel takes. */
export interface ChannelHouse {
  readonly database: Database;
  readonly log: EventLog;
  readonly vault: TokenVault;
  readonly publicUrl: string;
  now(): Date;
}
