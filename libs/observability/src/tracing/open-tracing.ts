import type { Logger } from 'pino';
import type { TracingConfig } from '#libs/config';
import { noTracing, type Tracing } from './tracing.js';

/** Off where nothing is configured: then nothing of OpenTelemetry is read from the disk. */
export async function openTracing(config: TracingConfig | null, logger: Logger): Promise<Tracing> {
  if (config === null) return noTracing;
  // a file of its own beside the bundles (tools/setup/build.mjs)
  const { startOtel } = await import('./otel/start-otel.js');
  return startOtel(config, {
    onLost: (error) => {
      logger.warn({ err: error }, 'the collector does not take spans: they are lost until it does');
    },
    onTaken: (lost) => {
      logger.info({ lost }, 'the collector takes spans again');
    },
  });
}
