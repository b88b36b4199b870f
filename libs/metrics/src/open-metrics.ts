import type { Gauge as GaugeOf, Registry } from 'prom-client';
import type { Metrics, SpoolState } from './metrics.js';

export interface OpenMetrics extends Metrics {
  readonly registry: Registry;
}

/** Seconds. A message takes milliseconds on a good day and minutes behind a backlog. */
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const requestBuckets = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface SpoolGauge {
  readonly name: string;
  readonly help: string;
  readonly valueOf: (state: SpoolState) => number;
}

const spoolGauges: readonly SpoolGauge[] = [
  { name: 'parley_spool_bytes', help: 'What the spool takes on its disk.', valueOf: ({ bytes }) => bytes },
  { name: 'parley_spool_webhooks', help: 'Webhooks in the spool.', valueOf: ({ records }) => records },
  {
    name: 'parley_spool_oldest_seconds',
    help: 'Age of the oldest webhook in the spool; 0 when it is empty.',
    valueOf: ({ oldestSeconds }) => oldestSeconds,
  },
];

function askedAtScrape(Gauge: typeof GaugeOf, registry: Registry): Pick<Metrics, 'spool' | 'streamBuffers'> {
  const show = (name: string, help: string, value: () => number): void => {
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(value());
      },
    });
  };
  return {
    spool: (state) => {
      for (const { name, help, valueOf } of spoolGauges) show(name, help, () => valueOf(state()));
    },
    streamBuffers: (bytes) => {
      show('parley_stream_buffer_bytes', 'What waits for readers of streams in this process.', bytes);
    },
  };
}

/**
 * The counters of this process. Names and units: https://prometheus.io/docs/practices/naming/. Those of Node and of the
 * process keep the names that every dashboard knows (`nodejs_…`, `process_…`).
 */
export async function openMetrics(app: string): Promise<OpenMetrics> {
  // loaded only where somebody will look
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = (await import('prom-client')).default;
  const registry = new Registry();
  const registers = [registry];
  // Node's sampler wakes the process that often, in ms
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Histogram<Label>({ name, help, labelNames, registers, buckets: latencyBuckets });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers });
  new Gauge({ name: 'parley_info', help: 'Which process this is.', labelNames: ['app'], registers }).set({ app }, 1);

  const visible = histogram('parley_ingest_to_visible_seconds', 'From receiving a message to its commit as visible.');
  const sent = histogram('parley_send_to_sent_seconds', 'From accepting a message to the source having taken it.');
  const calls = histogram('parley_source_call_seconds', 'Calls that send a message to the source, by how they ended.', [
    'source',
    'outcome',
  ]);
  const webhooks = counter('parley_webhook_requests_total', 'Webhook requests, by what became of them.', ['outcome']);
  const appends = counter('parley_log_appends_total', 'Records that this process appended to the log.', ['topic']);
  const unrouted = counter('parley_unrouted_total', 'Signed items that belong to no channel here.', ['reason']);
  const streams = new Gauge({ name: 'parley_streams_open', help: 'Streams that are open now.', registers });
  const requests = new Histogram({
    name: 'parley_http_request_duration_seconds',
    help: 'Requests by route pattern and class of status; streams are not among them.',
    labelNames: ['route', 'status'],
    registers,
    buckets: requestBuckets,
  });

  return {
    registry,
    visible: (seconds) => {
      visible.observe(seconds);
    },
    sent: (seconds) => {
      sent.observe(seconds);
    },
    webhook: (outcome) => {
      webhooks.inc({ outcome });
    },
    appended: (topic, records) => {
      appends.inc({ topic }, records);
    },
    unrouted: (reason) => {
      unrouted.inc({ reason });
    },
    sourceCall: ({ source, outcome, seconds }) => {
      calls.observe({ source, outcome }, seconds);
    },
    answered: ({ route, status, seconds }) => {
      requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds);
    },
    streams: (open) => {
      streams.set(open);
    },
    ...askedAtScrape(Gauge, registry),
  };
}
