import { createInstallationGauges } from './installation-gauges.js';
import type { OpenMetrics } from './open-metrics.js';
import { readInstallation, type Installation, type InstallationSource } from './read-installation.js';

/** Prometheus gives up after 10 s by default; what the database has not said by then is left out. */
const deadlineMs = 1_500;

interface Check {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean }>;
}

export interface PageSources extends InstallationSource {
  /** What this process needs to do its work. */
  readonly checks: () => readonly Check[];
}

/** Answers always. However many scrapes come, the database is asked once at a time. */
export async function createMetricsPage(metrics: OpenMetrics, sources: PageSources): Promise<() => Promise<string>> {
  const { Gauge } = (await import('prom-client')).default;
  const { registry } = metrics;
  const gauges = await createInstallationGauges(registry);
  const ready = new Gauge({
    name: 'parley_ready',
    help: '1 for each part of this process that is ready.',
    labelNames: ['check'],
    registers: [registry],
  });
  let asking: Promise<Installation | null> | undefined;

  const ask = (): Promise<Installation | null> => {
    asking ??= readInstallation(sources)
      .catch(() => null)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const checkAll = async (): Promise<void> => {
    const isReady = async (each: Check): Promise<boolean> => (await each.check()).ok;
    await Promise.all(
      sources.checks().map(async (each) => {
        const isOk = await inTime(
          isReady(each).catch(() => false),
          false,
        );
        ready.set({ check: each.name }, Number(isOk));
      }),
    );
  };
  return async () => {
    const [installation] = await Promise.all([inTime(ask(), null), checkAll()]);
    gauges.show(installation);
    return registry.metrics();
  };
}

async function inTime<Value>(answer: Promise<Value>, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, otherwise);
  });
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}
