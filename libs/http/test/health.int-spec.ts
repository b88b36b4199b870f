import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { HealthModule, ReadinessRegistry, type Readiness } from '../src/index.js';
import { boot, type Booted } from './boot.js';

let database: () => Promise<Readiness>;
let log: () => Promise<Readiness>;

@Module({ imports: [HealthModule] })
class DatabaseModule {
  constructor(registry: ReadinessRegistry) {
    registry.add({ name: 'database', check: () => database() });
  }
}

@Module({ imports: [HealthModule] })
class LogModule {
  constructor(registry: ReadinessRegistry) {
    registry.add({ name: 'log', check: () => log() });
  }
}

@Module({ imports: [DatabaseModule, LogModule] })
class TwoPartsModule {}

describe('health', () => {
  let app: Booted;

  beforeAll(async () => {
    app = await boot(TwoPartsModule);
  });

  beforeEach(() => {
    database = () => Promise.resolve({ ok: true });
    log = () => Promise.resolve({ ok: true, reason: 'reads by SQL' });
  });

  afterAll(() => app.close());

  it('is ready when every part is, of whichever module', async () => {
    expect(await app.ask('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { database: { status: 'up' }, log: { status: 'up', reason: 'reads by SQL' } } },
    });
  });

  it('is not ready, with the reason, while a part is away, and alive all the same', async () => {
    database = () => Promise.resolve({ ok: false, reason: 'no connection since 10:00' });
    const { status, headers, body } = await app.ask('/health/ready');
    expect({ status, body }).toEqual({
      status: 503,
      body: {
        status: 'error',
        details: {
          database: { status: 'down', reason: 'no connection since 10:00' },
          log: { status: 'up', reason: 'reads by SQL' },
        },
      },
    });
    expect(headers.get('content-type')).toContain('application/json');
    expect(await app.ask('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('keeps the error of a check for the log', async () => {
    database = () => Promise.reject(new Error('cAnArY'));
    const { status, body } = await app.ask('/health/ready');
    expect({ status, body }).toMatchObject({ status: 503, body: { details: { database: { status: 'down' } } } });
    expect(JSON.stringify(body)).not.toContain('cAnArY');
    expect(app.records().map(({ msg }) => msg)).toContain('cAnArY');
  });

  it('does not wait for a check that hangs', async () => {
    const stop = new AbortController();
    database = () => sleep(60_000, { ok: true }, { signal: stop.signal });
    const { status, body } = await app.ask('/health/ready');
    stop.abort();
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { details: { database: { reason: 'no answer within 900 ms' } } },
    });
  });
});
