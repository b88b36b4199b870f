import type { Environment, StandaloneConfig } from '#libs/config';
import { openMetrics } from '#libs/metrics';
import type { Witness } from '#libs/database';
import { openTracing, type Logger } from '#libs/observability';
import {
  configureChannels,
  decoratorsOf,
  PlatformModule,
  serve,
  type MetricsOptions,
  type PortDecorators,
  type Served,
} from '#libs/platform';
import { StandaloneModule } from './standalone.module.js';

export interface EverythingOptions {
  readonly config: StandaloneConfig;
  readonly door: StandaloneConfig['http'];
  readonly logger: Logger;
  readonly databaseUrl: string;
  readonly witness: Witness;
  /** No other process can work on this database: a restart takes up its partitions at once. */
  readonly isOnlyProcess: boolean;
  readonly apiKey: string;
  /** Made up by the home when none is configured. */
  encryptionKey(): string;
  /** What the channels are configured with. */
  readonly environment: Environment;
  readonly decorators: PortDecorators;
  readonly onStuck: (reason: string) => void;
}

/** Small: each connection costs PostgreSQL about 9 MB. */
const poolSize = 10;

export async function serveEverything(options: EverythingOptions): Promise<Served> {
  const { config, door, logger, databaseUrl, witness, apiKey, isOnlyProcess, decorators } = options;
  const connectors = configureChannels(options.environment).connectors.map(decoratorsOf(decorators).connector);
  const metrics = await metricsOf(config);
  const tracing = await openTracing(config.tracing, logger);
  const platform = PlatformModule.forRoot({
    logger,
    tracing,
    databaseUrl,
    witness,
    poolSize,
    encryptionKeys: config.encryptionKeys ?? [{ id: 'home', key: Buffer.from(options.encryptionKey(), 'base64url') }],
    connectors,
    decorators,
    publicUrl: config.http.port === door.port ? config.publicUrl : `http://${door.host}:${String(door.port)}`,
    apiKey,
    logRetentionDays: config.logRetentionDays,
    kafka: config.kafka,
    onStuck: options.onStuck,
    ...(metrics === null ? {} : { metrics: metrics.open }),
    rateLimitPerSecond: config.rateLimitPerSecond,
    ...(isOnlyProcess ? { memberId: 'standalone' } : {}),
  });
  return serve(StandaloneModule.forRoot(platform, connectors, config.spool), { ...door, logger, tracing, metrics });
}

/** A second copy on one machine runs beside the first; who named a port gets that one or an error. */
async function metricsOf(config: StandaloneConfig): Promise<MetricsOptions | null> {
  if (config.metricsPort === null) return null;
  return { open: await openMetrics(config.app), port: config.metricsPort, mayMove: !config.isMetricsPortChosen };
}
