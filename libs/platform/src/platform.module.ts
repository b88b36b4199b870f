import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import { DATABASE, DatabaseModule, type Database, type Witness } from '#libs/database';
import { HealthModule, ReadinessRegistry } from '#libs/http';
import { noMetrics } from '#libs/metrics';
import { noTracing } from '#libs/observability';
import { openCursorSeal, openTokenVault, type EncryptionKey } from '#libs/security';
import { bootstrapInstallation, requireSchema } from './bootstrap.js';
import { openLog, type LogOptions } from './open-log.js';
import { Platform } from './platform.js';
import { decoratorsOf, type PortDecorators } from './port-decorators.js';
import { traceLog } from './trace-log.js';

export interface PlatformOptions extends LogOptions {
  readonly databaseUrl: string;
  /** Connections of this process; each costs PostgreSQL about 9 MB. */
  readonly poolSize: number;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly connectors: readonly ChannelConnector[];
  readonly publicUrl: string;
  /** The bootstrap admin key of the default workspace, where this process is told one. */
  readonly apiKey?: string | null;
  /** Calls a second of each created API key, where none is told (PARLEY_RATE_LIMIT). */
  readonly rateLimitPerSecond?: number;
  /** A process that says itself whether it is ready while the log is away. */
  readonly isOfUseWithoutLog?: boolean;
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
  const { logger, encryptionKeys, connectors, publicUrl, apiKey = null } = options;
  const { metrics = noMetrics, tracing = noTracing, logRetentionDays = 7, rateLimitPerSecond = 500 } = options;
  const decorate = decoratorsOf(options.decorators);
  const database = decorate.database(opened);
  await requireSchema(database);
  const defaultWorkspaceId = await bootstrapInstallation(database, apiKey, new Date());
  const log = traceLog(decorate.log(await openLog(database, options)), tracing);
  if (options.isOfUseWithoutLog !== true) readiness.add({ name: 'log', check: () => log.health() });
  return new Platform({
    database,
    log,
    vault: openTokenVault(encryptionKeys),
    cursors: openCursorSeal(encryptionKeys),
    connectors,
    logger,
    metrics,
    tracing,
    logRetentionDays,
    publicUrl,
    defaultWorkspaceId,
    rateLimitPerSecond,
  });
}
