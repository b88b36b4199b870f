import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError } from '#libs/errors';
import { upgradesOf, type Upgrade } from '../src/index.js';
import { boot, until, type Booted } from './boot.js';
import { SampleModule } from './sample.module.js';

const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];

describe('upgrades', () => {
  let app: Booted;
  let take: (upgrade: Upgrade) => Promise<void>;

  const send = (lines: readonly string[], body = ''): Socket => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write(`${[...lines, 'Host: x'].join('\r\n')}\r\n\r\n${body}`);
    return socket;
  };
  const answerTo = (lines: readonly string[], body?: string): Promise<string> => text(send(lines, body));

  beforeEach(async () => {
    app = await boot(SampleModule, { allowedOrigins: ['https://inbox.example.com'] });
    take = () => Promise.resolve();
    upgradesOf(app.application.get(HttpAdapterHost)).serve('/ws', (upgrade) => take(upgrade));
  });

  afterEach(() => app.close());

  it('are refused with a problem, with the headers that were set and a line in the log', async () => {
    take = (upgrade) => {
      upgrade.setHeader('RateLimit', '"default";r=0;t=1');
      return Promise.reject(new AppError('rate_limited', 'Too often.', { retryAfterSeconds: 1 }));
    };
    const answer = await answerTo(['GET /ws?ticket=canary HTTP/1.1', ...handshake, 'X-Request-Id: mine-7']);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual(
      expect.arrayContaining([
        'HTTP/1.1 429 Too Many Requests',
        'content-type: application/problem+json; charset=utf-8',
        'retry-after: 1',
        'RateLimit: "default";r=0;t=1',
        'x-request-id: mine-7',
        'connection: close',
      ]),
    );
    expect(JSON.parse(body)).toMatchObject({ code: 'rate_limited', request_id: 'mine-7' });
    await until(() => app.records().some(({ request_id: id }) => id === 'mine-7'));
    expect(app.records().find(({ request_id: id }) => id === 'mine-7')).toMatchObject({
      route: '/ws',
      status: 429,
      code: 'rate_limited',
    });
    expect(app.lines.join('')).not.toContain('canary');
  });

  it('show nothing of a defect', async () => {
    take = () => Promise.reject(new Error('canary-internal'));
    const answer = await answerTo(['GET /ws/ HTTP/1.1', ...handshake]);
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error/);
    expect(answer).not.toContain('canary');
    expect(app.lines.join('')).toContain('canary-internal');
  });

  it.each(['/', '/wss', '/ws/x', '/stream', '/sample.echo'])('are refused on %s', async (path) => {
    expect(await answerTo([`GET ${path} HTTP/1.1`, ...handshake])).toMatch(/^HTTP\/1\.1 404 [^]*"not_found"/);
  });

  it.each(['https://evil.example', 'null', 'http://inbox.example.com', 'https://inbox.example.com.evil.example', '*'])(
    'are refused to pages of %s',
    async (origin) => {
      const answer = await answerTo(['GET /ws HTTP/1.1', ...handshake, `Origin: ${origin}`]);
      expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*"origin_refused"/);
    },
  );

  it.each([[], ['Origin: https://inbox.example.com']])('are taken from %j', async (...origin) => {
    take = ({ connection }) => {
      connection.end('taken');
      return Promise.resolve();
    };
    expect(await answerTo(['GET /ws HTTP/1.1', ...handshake, ...origin])).toBe('taken');
  });

  describe('to a protocol that is not spoken here', () => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    const body = '{"name":"grüße"}';
    const call = [
      'POST /sample.echo HTTP/1.1',
      ...offer,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];

    it('are ordinary calls, on a connection that goes on', async () => {
      const socket = send(call, body);
      const chunks: string[] = [];
      socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      await until(() => chunks.join('').includes(body));
      expect(chunks.join('')).toMatch(/^HTTP\/1\.1 200 OK/);
      socket.write(`${['GET /health/live HTTP/1.1', 'Host: x', 'Connection: close'].join('\r\n')}\r\n\r\n`);
      await until(() => chunks.join('').includes('{"status":"ok"}'));
      socket.destroy();
    });

    it('may come in pieces', async () => {
      const socket = send(call, body.slice(0, 5));
      const answer = text(socket);
      await until(() => socket.bytesWritten > 0);
      setImmediate(() => {
        socket.write(
          `${body.slice(5)}${['GET /health/live HTTP/1.1', 'Host: x', 'Connection: close', '', ''].join('\r\n')}`,
        );
      });
      expect(await answer).toContain(body);
    });
  });

  it('do not hold the end up, and there are no more while it comes', async () => {
    const taken: Upgrade[] = [];
    take = (upgrade) => {
      taken.push(upgrade);
      return Promise.resolve();
    };
    const socket = send(['GET /ws HTTP/1.1', ...handshake]);
    socket.on('error', () => undefined);
    await until(() => taken.length === 1);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    await until(() => socket.destroyed);
  });
});
