import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { Module, type OnModuleDestroy } from '@nestjs/common';
import { boot, until, type Booted } from './boot.js';
import { Gate } from './sample.controller.js';
import { SampleModule } from './sample.module.js';

let destroyed = false;

@Module({ imports: [SampleModule] })
class ClosingModule implements OnModuleDestroy {
  onModuleDestroy(): void {
    destroyed = true;
  }
}

describe('closing', () => {
  let app: Booted;

  beforeEach(async () => {
    destroyed = false;
    app = await boot(ClosingModule, { requestTimeoutMs: 200 });
  });

  afterEach(() => app.close());

  it('is fast while a stream is open, and cuts it', async () => {
    const stream = await app.call('/stream');
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    await expect(stream.text()).rejects.toThrow('terminated');
  });

  it('answers what has come in before any module is destroyed, and lets nobody else in', async () => {
    const gate = app.application.get(Gate, { strict: false });
    const slow = app.ask('/sample.slow', { method: 'POST' });
    await until(() => gate.entered);
    const closed = app.close();
    await expect(app.call('/health/live')).rejects.toThrow('fetch failed');
    expect(destroyed).toBe(false);
    gate.open();
    expect(await slow).toMatchObject({ status: 200, body: { done: true } });
    await closed;
    expect(destroyed).toBe(true);
  });

  it('does not let a request come in for ever', async () => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write('POST /sample.echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{');
    expect(await text(socket)).toContain('This is not a complete HTTP request.');
  });
});
