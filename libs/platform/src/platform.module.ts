import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { DATABASE, DatabaseModule, type Database, type Witness } from '#libs/database';
import { openPostgresEventLog } from '#libs/event-log';
import { HealthModule, ReadinessRegistry } from '#libs/http';
import { noMetrics, type Metrics } from '#libs/metrics';
import type { Logger } from '#libs/observability';
import { openCursorSeal, openTokenVault, type EncryptionKey } from '#libs/security';
import { countAppended } from './count-appended.js';
import { bootstrapInstallation, requireSchema } from './bootstrap.js';
import { Platform } from './platform.js';
import { decoratorsOf, type PortDecorators } from './port-decorators.js';

export interface PlatformOptions {
  readonly logger: Logger;
  readonly databaseUrl: string;
  /** Connections of this process; each costs PostgreSQL about 9 MB. */
  readonly poolSize: number;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly connectors: readonly ChannelConnector[];
  readonly publicUrl: string;
  /** The bootstrap admin key of the default workspace, where this process is told one. */
  readonly apiKey?: string | null;
  /** Default: none are kept. */
  readonly metrics?: Metrics;
  /** Default 7. */
  readonly logRetentionDays?: number;
  /** Calls a second of each created API key, where none is told (PARLEY_RATE_LIMIT). */
  readonly rateLimitPerSecond?: number;
  /** A process that says itself whether it is ready while the log is away. */
  readonly isOfUseWithoutLog?: boolean;
  /** A name that outlives a restart, where only one process can bear it: it takes up its partitions again at once. */
  readonly memberId?: string;
  /** What remembers outside of the database how far it had come. Default: this process. */
  readonly witness?: Witness;
  /** Default: the ports as they are. `connectors` are given decorated. */
  readonly decorators?: PortDecorators;
}

/** Import what `forRoot` answers in every module of a process: the same object is the same platform. */
@Module({})
export class PlatformModule implements BeforeApplicationShutdown {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  static forRoot(options: PlatformOptions): DynamicModule {
    const { databaseUrl: url, poolSize, witness } = options;
    return {
      module: PlatformModule,
      imports: [DatabaseModule.forRoot({ url, poolSize, ...(witness === undefined ? {} : { witness }) }), HealthModule],
      providers: [
        {
          provide: Platform,
          inject: [DATABASE, ReadinessRegistry],
          useFactory: (database: Database, readiness: ReadinessRegistry) => openPlatform(database, readiness, options),
        },
      ],
      exports: [Platform, HealthModule],
    };
  }

  /** After every consumer has stopped (`onModuleDestroy`), before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.platform.log.close();
  }
}

async function openPlatform(
  opened: Database,
  readiness: ReadinessRegistry,
  options: PlatformOptions,
): Promise<Platform> {
  const { logger, encryptionKeys, connectors, publicUrl, memberId, apiKey = null } = options;
  const { metrics = noMetrics, logRetentionDays = 7, rateLimitPerSecond = 500 } = options;
  const decorate = decoratorsOf(options.decorators);
  const database = decorate.database(opened);
  await requireSchema(database);
  const defaultWorkspaceId = await bootstrapInstallation(database, apiKey, new Date());
  const openedLog = await openPostgresEventLog({
    database,
    ...(memberId === undefined ? {} : { memberId, isAlone: true }),
    onProblem: (message, error) => {
      logger.warn({ err: error }, message);
    },
    onAlarm: (message, error, record) => {
      logger.error(
        { err: error, request_id: record?.headers['request-id'], workspace_id: record?.workspaceId },
        message,
      );
    },
    onAppended: (records) => {
      countAppended(metrics, records);
    },
  });
  const log = decorate.log(openedLog);
  if (options.isOfUseWithoutLog !== true) readiness.add({ name: 'log', check: () => log.health() });
  return new Platform({
    database,
    log,
    vault: openTokenVault(encryptionKeys),
    cursors: openCursorSeal(encryptionKeys),
    connectors,
    logger,
    metrics,
    logRetentionDays,
    publicUrl,
    defaultWorkspaceId,
    rateLimitPerSecond,
  });
}
