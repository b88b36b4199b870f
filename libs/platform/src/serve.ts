import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApplication, ReadinessRegistry } from '#libs/http';
import { createMetricsPage, openMetricsDoor, type MetricsDoor, type OpenMetrics } from '#libs/metrics';
import type { Logger, Tracing } from '#libs/observability';
import { Platform } from './platform.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
  readonly tracing: Tracing;
  /** null: no `/metrics`. */
  readonly metrics: MetricsOptions | null;
}

export interface MetricsOptions {
  /** The platform's own. */
  readonly open: OpenMetrics;
  readonly port: number;
  /** Takes a free port when this one is taken. */
  readonly mayMove: boolean;
}

export interface Served {
  readonly url: string;
  readonly platform: Platform;
  readonly metrics: Pick<MetricsDoor, 'url' | 'hasMoved'> | null;
  /** Takes no more, ends what is under way, then closes everything below. */
  close(): Promise<void>;
}

/** The module on its HTTP door, its metrics on another. */
export async function serve(module: DynamicModule, options: ServeOptions): Promise<Served> {
  const { host, port, allowedOrigins, logger, tracing, metrics } = options;
  const application = await createHttpApplication(module, {
    logger,
    tracing,
    allowedOrigins,
    answered: (request) => metrics?.open.answered(request),
  });
  let door: MetricsDoor | null = null;
  const close = async (): Promise<void> => {
    await application.close();
    await door?.close();
    await tracing.close();
  };
  try {
    door = metrics === null ? null : await openDoor(application, host, metrics);
    await application.listen(port, host);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: await application.getUrl(),
    platform: application.get(Platform, { strict: false }),
    metrics: door,
    close,
  };
}

/** Before the public door: a process that cannot be watched as asked takes nothing. */
async function openDoor(
  application: NestFastifyApplication,
  host: string,
  { open, port, mayMove }: MetricsOptions,
): Promise<MetricsDoor> {
  const { database, log } = application.get(Platform, { strict: false });
  const readiness = application.get(ReadinessRegistry, { strict: false });
  const page = await createMetricsPage(open, { database, log, checks: () => readiness.all() });
  return openMetricsDoor({ host, port, mayMove, page });
}
