import type { ChannelConnector } from '#libs/channels/kit';
import type { ChannelEntity, Database, LaneKey, MessageEntity, OpenAttempt } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { Origin } from '#libs/messaging';
import type { SentMessage } from './send-result.js';

export interface SenderHouse {
  readonly database: Database;
  connectorOf(source: string): ChannelConnector;
  readonly log: EventLog;
  /** This process, among the senders. */
  readonly owner: string;
  readonly publicUrl: string;
  now(): Date;
}

/** A send of which nobody heard in time, and of which its source may be asked. Its lane is ours. */
export interface Doubt extends SentMessage {
  readonly kind: 'doubt';
  readonly lane: Turn['lane'];
  readonly message: MessageEntity;
  readonly channel: ChannelEntity;
  readonly attempt: OpenAttempt;
  readonly origin: Origin;
}

/** A send that may be made now: its attempt is committed and its lane is ours. */
export interface Turn extends SentMessage {
  readonly kind: 'send';
  readonly lane: LaneKey & { readonly epoch: number };
  readonly message: MessageEntity;
  readonly channel: ChannelEntity;
  /** How often this attempt was tried, this time included. */
  readonly tries: number;
  /** Of the call that asked for it. */
  readonly origin: Origin;
}

export type Lane = Turn['lane'] & {
  readonly sourceContactId: string;
  readonly windowOpenedAt: Date | null;
  /** By PostgreSQL's clock. */
  readonly takenAt: Date;
};

export function attemptKey({ message, lane }: Pick<Turn, 'message' | 'lane'>): {
  message_id: string;
  attempt: number;
  lane_epoch: number;
} {
  return { message_id: message.id, attempt: message.attempt, lane_epoch: lane.epoch };
}
