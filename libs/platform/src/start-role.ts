import type { DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import type { AppName, ProcessConfig } from '#libs/config';
import type { EarlyWork } from '#libs/http';
import { openMetrics } from '#libs/metrics';
import { createLogger, openTracing, type Logger } from '#libs/observability';
import { awaitDatabase } from './await-database.js';
import { PlatformModule } from './platform.module.js';
import { decoratorsOf, type PortDecorators } from './port-decorators.js';
import { readSettings } from './read-settings.js';
import { runProcess } from './run-process.js';
import { serve } from './serve.js';

/** Connections of a process of one role to PostgreSQL. */
const poolSize = 10;

/** What a role can do for others while its database does not answer; null: nothing, as it is configured. */
type BeginEarly = (
  connectors: readonly ChannelConnector[],
  config: ProcessConfig,
  logger: Logger,
) => Promise<EarlyWork | null>;

/** One process of one role: what `npm run start:<app>` runs. */
export async function startRole(
  app: Exclude<AppName, 'standalone' | 'migrate'>,
  moduleOf: (platform: DynamicModule, connectors: readonly ChannelConnector[], config: ProcessConfig) => DynamicModule,
  decorators?: PortDecorators,
  beginEarly?: BeginEarly,
): Promise<void> {
  const { config, connectors: configured } = readSettings(app);
  const connectors = configured.map(decoratorsOf(decorators).connector);
  const logger = createLogger({ app, level: config.logLevel });
  for (const warning of config.warnings) logger.warn(warning);
  const { databaseUrl, encryptionKeys, publicUrl, apiKey, http, metricsPort } = config;
  const { logRetentionDays, rateLimitPerSecond, kafka } = config;
  await runProcess(logger, async ({ stopAsked, giveUp }) => {
    const early = beginEarly === undefined ? {} : { beginEarly: () => beginEarly(connectors, config, logger) };
    if (!(await awaitDatabase({ databaseUrl, http, logger, stopAsked, ...early }))) return null;
    const metrics = metricsPort === null ? null : { open: await openMetrics(app), port: metricsPort, mayMove: false };
    const tracing = await openTracing(config.tracing, logger);
    const platform = PlatformModule.forRoot({
      ...{ logger, databaseUrl, poolSize, encryptionKeys, publicUrl, connectors, apiKey },
      ...{ tracing, logRetentionDays, rateLimitPerSecond, isOfUseWithoutLog: app === 'ingester' },
      // who appends most of it has it in memory; that all roles wake up for each record costs more than it brings (ADR 15)
      ...{ kafka, relays: app === 'projector', onStuck: giveUp },
      // calls and streams live on PostgreSQL: a balancer must not take them away
      isOfUseWithoutKafka: app === 'channels',
      ...(metrics === null ? {} : { metrics: metrics.open }),
      ...(decorators === undefined ? {} : { decorators }),
    });
    return serve(moduleOf(platform, connectors, config), { ...http, logger, tracing, metrics });
  });
}
