import { randomUUID } from 'node:crypto';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '#libs/config';
import type { Tracing } from '../tracing.js';
import { beginSpan } from './begin-span.js';
import { tellOnce, type ExportListeners } from './tell-once.js';

/** About 10 MB of spans; what ends beyond them is dropped. */
const maxSpansWaiting = 4_096;
const spansAtOnce = 512;
const pauseMs = 1_000;
/** Of one try to tell a batch, its repeats included. */
const exportMs = 10_000;
/** What a process may take longer to end for its last spans. */
const lastSpansMs = 2_000;

/** Registered nowhere globally: who wants a span asks the port. */
export function startOtel(config: TracingConfig, listeners: ExportListeners): Tracing {
  const processor = new BatchSpanProcessor({
    exporter: tellOnce(exporterOf(config), listeners),
    maxQueueSize: maxSpansWaiting,
    maxExportBatchSize: spansAtOnce,
    scheduledDelayMillis: pauseMs,
    exportTimeoutMillis: exportMs + 1_000,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.instance.id': randomUUID(), ...config.attributes }),
    sampler: samplerOf(config.sampling),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('parley');
  return {
    isOn: true,
    begin: (start) => beginSpan(tracer, start),
    close: () => within(lastSpansMs, provider.shutdown()),
  };
}

function exporterOf({ url, headers, protocol }: TracingConfig): SpanExporter {
  const settings = { url, headers: { ...headers }, timeoutMillis: exportMs };
  return protocol === 'http/json' ? new JsonExporter(settings) : new ProtobufExporter(settings);
}

function samplerOf({ ratio, followsCaller }: TracingConfig['sampling']): Sampler {
  const own = new TraceIdRatioBasedSampler(ratio);
  return followsCaller ? new ParentBasedSampler({ root: own }) : own;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // what could not be told was told of
  await Promise.race([work.catch(() => undefined), over]);
  clearTimeout(timer);
}
