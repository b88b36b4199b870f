import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import { createMetricsPage, openMetrics } from '#libs/metrics';

/** What Prometheus, or whoever configures it, adds to each series. */
const addedLabels = ['instance', 'job', 'le', 'namespace', 'pod', 'role'];

const dashboards = readdirSync('deploy/grafana')
  .filter((name) => name.endsWith('.json'))
  .map((name) => `deploy/grafana/${name}`);
const files = [...dashboards, 'deploy/prometheus/alerts.yml', 'deploy/helm/parley/templates/scaling.yaml'];
const alertsFile = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
const alerts = [...alertsFile.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
const operating = readFileSync('docs/operating.md', 'utf8');

/** `expr` and `query` of whatever file, in JSON or YAML. */
function expressionsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const found = path.endsWith('.json')
    ? [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, json = '""']) => JSON.parse(json) as string)
    : [...text.matchAll(/^ *(?:expr|query): (.+)$/gm)].map(([, plain = '']) => plain);
  return found.filter((expression) => /[a-z]/.test(expression) && expression !== 'prometheus');
}

const metricsOf = (text: string): string[] => text.match(/\b(?:parley|process|nodejs)_\w+/g) ?? [];

function labelsOf(expression: string): string[] {
  const selected = [...expression.matchAll(/[{,] ?(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, ?/));
  return [...selected, ...grouped];
}

/** `known`: labels by metric. */
function labelsAstray(expression: string, known: ReadonlyMap<string, readonly string[]>): string[] {
  const allowed = new Set([...addedLabels, ...metricsOf(expression).flatMap((name) => known.get(name) ?? [])]);
  return labelsOf(expression).filter((label) => !allowed.has(label));
}

interface Exposed {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Of a process with every metric that a role may have, asked while its database is away. */
async function readExposed(): Promise<readonly Exposed[]> {
  const metrics = await openMetrics('ingester');
  metrics.spool(() => ({ bytes: 0, records: 0, oldestSeconds: 0 }));
  metrics.streamBuffers(() => 0);
  const away = (): Promise<never> => Promise.reject(new Error('away'));
  const sources = { database: { query: away, transaction: away } as unknown as Database, log: {} as EventLog };
  const page = await createMetricsPage(metrics, { ...sources, checks: () => [] });
  const names = [...(await page()).matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return names.flatMap(([, name = '', type]) => {
    const { labelNames = [] } = metrics.registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const series = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    return series.map((suffix) => ({ name: `${name}${suffix}`, labels: labelNames }));
  });
}

describe('what an operator is given to look at', () => {
  let exposed: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    exposed = new Map((await readExposed()).map(({ name, labels }) => [name, labels]));
  });

  it.each(files)('asks for metrics only that are exposed: %s', (path) => {
    const asked = expressionsOf(path).flatMap(metricsOf);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !exposed.has(name))).toEqual([]);
  });

  it.each(files)('asks for labels only that they have: %s', (path) => {
    const astray = expressionsOf(path).flatMap((expression) => labelsAstray(expression, exposed));
    expect(astray).toEqual([]);
  });

  it('shows every metric of ours in a dashboard', () => {
    const shown = new Set(dashboards.flatMap(expressionsOf).flatMap(metricsOf));
    const families = [...exposed.keys()].filter((name) => /^parley_(?!.*_(sum|count|bucket)$)/.test(name));
    // of each page: too many for a picture; alerts and the page itself have them
    const ofEachChannel = ['parley_channel_health', 'parley_channel_last_event_age_seconds'];
    expect(families.filter((name) => !shown.has(name))).toEqual(ofEachChannel);
  });

  it('has an alert for each line of the document, and a line for each alert', () => {
    const explained = [...operating.matchAll(/^\| `(Parley\w+)`/gm)].map(([, name = '']) => name);
    expect(explained.sort()).toEqual(alerts.sort());
  });

  it('finds every metric that the document names', () => {
    const named = [...operating.matchAll(/`(parley_\w+)/g)].map(([, name = '']) => name);
    const families = new Set([...exposed.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect([...new Set(named)].filter((name) => !families.has(name))).toEqual([]);
  });
});
