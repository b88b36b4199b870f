import { randomUUID } from 'node:crypto';
import type { ChannelConnector } from '#libs/channels/kit';
import type { ProjectionRules } from '#libs/conversations';
import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import type { Metrics } from '#libs/metrics';
import type { Logger, Tracing } from '#libs/observability';
import type { CursorSeal, TokenVault } from '#libs/security';

interface PlatformParts {
  readonly database: Database;
  readonly log: EventLog;
  readonly vault: TokenVault;
  readonly cursors: CursorSeal;
  readonly connectors: readonly ChannelConnector[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logRetentionDays: number;
  readonly publicUrl: string;
  readonly defaultWorkspaceId: string;
  readonly rateLimitPerSecond: number;
}

/** What every app works with, opened once a process and handed to all its modules. */
export class Platform {
  readonly database: Database;
  readonly log: EventLog;
  readonly vault: TokenVault;
  readonly cursors: CursorSeal;
  readonly connectors: readonly ChannelConnector[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logRetentionDays: number;
  /** Prefix of `webhook_url`, without a slash at its end. */
  readonly publicUrl: string;
  readonly defaultWorkspaceId: string;
  /** Of every created API key that has no limit of its own. */
  readonly rateLimitPerSecond: number;
  /** This process, among others of its kind. */
  readonly processId = randomUUID();

  constructor(parts: PlatformParts) {
    this.database = parts.database;
    this.log = parts.log;
    this.vault = parts.vault;
    this.cursors = parts.cursors;
    this.connectors = parts.connectors;
    this.logger = parts.logger;
    this.metrics = parts.metrics;
    this.tracing = parts.tracing;
    this.logRetentionDays = parts.logRetentionDays;
    this.publicUrl = parts.publicUrl;
    this.defaultWorkspaceId = parts.defaultWorkspaceId;
    this.rateLimitPerSecond = parts.rateLimitPerSecond;
  }

  now(): Date {
    return new Date();
  }

  connectorOf(source: string): ChannelConnector {
    const connector = this.connectors.find((candidate) => candidate.source === source);
    if (connector === undefined) throw new Error(`No channel of the kind ${source} is built in.`);
    return connector;
  }

  /** What a batch or a call decides by; the clock stands still within it. */
  rules(): ProjectionRules {
    return {
      now: this.now(),
      publicUrl: this.publicUrl,
      window: (source, openedAt, now) => this.connectorOf(source).sending.window(openedAt, now),
      partitionOf: (key) => this.log.partitionOf(key),
    };
  }
}
