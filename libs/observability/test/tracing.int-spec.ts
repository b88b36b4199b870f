import type { TracingConfig } from '#libs/config';
import { Collector, spansIn } from '../../../test/harness/collector.js';
import { only } from '../../../test/harness/only.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { createLogger, openTracing, type Tracing } from '../src/index.js';

const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('tracing', () => {
  const lines: string[] = [];
  const logger = createLogger({ app: 'test', destination: { write: (line) => void lines.push(line) } });
  let collector: Collector;

  const open = (config: Partial<TracingConfig> = {}): Promise<Tracing> =>
    openTracing(
      {
        ...{ url: `${collector.url}/v1/traces`, protocol: 'http/json', headers: {} },
        ...{ attributes: { 'service.name': 'parley-test' }, sampling: { ratio: 1, followsCaller: true } },
        ...config,
      },
      logger,
    );

  beforeEach(async () => {
    collector = await Collector.start();
  });

  afterEach(async () => {
    await collector.stop();
  });

  it('tells what ended, with its parent, and nothing of what did not', async () => {
    const tracing = await open();
    const parent = tracing.begin({ name: 'outer', kind: 'server', parent: caller, attributes: { 'http.route': '/x' } });
    tracing.begin({ name: 'rolled back', kind: 'consumer', parent: caller });
    tracing.begin({ name: 'inner', kind: 'client', parent: parent.traceparent }).end({
      attributes: { 'http.response.status_code': 400, nothing: undefined },
      error: 'graph_refused',
    });
    parent.end();
    await tracing.close();
    const [inner, outer] = collector.spans;
    expect(collector.spans).toHaveLength(2);
    expect(outer).toMatchObject({
      ...{ name: 'outer', kind: 'server', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
      ...{ parentSpanId: '00f067aa0ba902b7', attributes: { 'http.route': '/x' }, isError: false },
      resource: { 'service.name': 'parley-test', 'service.instance.id': expect.any(String) as string },
    });
    expect(inner).toMatchObject({
      ...{ name: 'inner', kind: 'client', parentSpanId: outer?.spanId, isError: true },
      attributes: { 'http.response.status_code': 400, 'error.type': 'graph_refused' },
    });
    expect(parent.traceparent).toBe(`00-${String(outer?.traceId)}-${String(outer?.spanId)}-01`);
  });

  it('keeps of the traces that begin here as many as it is told', async () => {
    const tracing = await open({ sampling: { ratio: 0, followsCaller: true } });
    const own = tracing.begin({ name: 'own', kind: 'server' });
    expect(own.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    own.end();
    tracing.begin({ name: 'kept by its caller', kind: 'server', parent: caller }).end();
    await tracing.close();
    expect(only(collector.spans).name).toBe('kept by its caller');
  });

  it('holds no more than it has room for while a collector hangs, and does not wait for it to close', async () => {
    collector.mode = 'hangs';
    const tracing = await open();
    for (let count = 0; count < 6_000; count += 1) tracing.begin({ name: 'one', kind: 'internal' }).end();
    await waitFor('the first batch', () => collector.bodies.length > 0);
    for (let count = 0; count < 6_000; count += 1) tracing.begin({ name: 'one', kind: 'internal' }).end();
    const beforeClose = performance.now();
    await tracing.close();
    expect(performance.now() - beforeClose).toBeLessThan(4_000);
    const told = collector.bodies.flatMap(spansIn).length;
    // 4,096 that wait, and the batch of 512 under way
    expect(told).toBeGreaterThan(4_000);
    expect(told).toBeLessThanOrEqual(4_608);
  }, 20_000);
});
