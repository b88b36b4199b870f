import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { boot, json, until, type Booted } from './boot.js';
import { SampleModule } from './sample.module.js';

const MIB = 1024 * 1024;

describe('HTTP application', () => {
  let app: Booted;

  beforeAll(async () => {
    app = await boot(SampleModule, { allowedOrigins: ['https://inbox.example.com'] });
  });

  afterAll(() => app.close());

  describe('body of a call', () => {
    it.each([
      ['no body and no type', { method: 'POST' }],
      ['no body and another type', { method: 'POST', headers: { 'content-type': 'text/plain' } }],
      ['no body and a type that is none', { method: 'POST', headers: { 'content-type': 'garbage' } }],
      ['an empty text', { method: 'POST', body: '' }],
    ])('is {} for %s', async (_, init) => {
      expect(await app.ask('/sample.echo', init)).toMatchObject({ status: 200, body: {} });
    });

    it('loses the fields that are null, and keeps nulls below', async () => {
      const { body } = await app.ask('/sample.echo', json({ a: null, b: { c: null }, d: 0, e: '', f: false }));
      expect(body).toEqual({ b: { c: null }, d: 0, e: '', f: false });
    });

    it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
      'is read as %s',
      async (type) => {
        const init = { method: 'POST', headers: { 'content-type': type }, body: '{"text":"Grüße 👋"}' };
        expect(await app.ask('/sample.echo', init)).toMatchObject({ status: 200, body: { text: 'Grüße 👋' } });
      },
    );

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json', 'text/json', 'x'])(
      'is 415 as %s',
      async (type) => {
        const init = { method: 'POST', headers: { 'content-type': type }, body: '{}' };
        expect(await app.ask('/sample.echo', init)).toMatchObject({
          status: 415,
          body: { code: 'media_type_unsupported' },
        });
      },
    );

    it.each([
      ['is no JSON', '{bad'],
      ['is a list', '[]'],
      ['is a text', '"x"'],
      ['is null', 'null'],
      ['has __proto__', '{"a":[{"__proto__":{"admin":true}}]}'],
      ['has constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}'],
      ['is nested 65 deep', `${'{"a":'.repeat(64)}{}${'}'.repeat(64)}`],
      ['is nested far too deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ])('is 400 when it %s', async (_, body) => {
      expect(await app.ask('/sample.echo', json(body))).toMatchObject({
        status: 400,
        body: { code: 'invalid_request' },
      });
    });

    it('is 400 when it is not UTF-8', async () => {
      const init = { ...json({}), body: Buffer.from('{"text":"\xff"}', 'latin1') };
      expect(await app.ask('/sample.echo', init)).toMatchObject({ status: 400 });
    });

    it('may be 64 deep, and may say constructor', async () => {
      const deep = `${'{"a":'.repeat(63)}{}${'}'.repeat(63)}`;
      expect(await app.ask('/sample.echo', json(deep))).toMatchObject({ status: 200 });
      expect(await app.ask('/sample.echo', json({ constructor: 'ACME' }))).toMatchObject({
        body: { constructor: 'ACME' },
      });
    });

    it('may have 1 MiB and no byte more', async () => {
      const filled = (bytes: number): string => JSON.stringify({ t: 'x'.repeat(bytes - '{"t":""}'.length) });
      expect(await app.ask('/sample.echo', json(filled(MIB)))).toMatchObject({ status: 200 });
      expect(await app.ask('/sample.echo', json(filled(MIB + 1)))).toMatchObject({
        status: 413,
        body: { code: 'body_too_large', detail: 'The body has 1048577 bytes; 1048576 are taken here.' },
      });
    });

    it('costs a caller who made a mistake no connection', async () => {
      const { headers } = await app.ask('/sample.echo', json('{bad'));
      expect(headers.get('connection')).toBe('keep-alive');
    });
  });

  describe('body of a webhook', () => {
    it.each([
      ['application/json', '{bad \xff'],
      ['text/plain', 'plain'],
      ['garbage', '\0\x01'],
    ])('comes as bytes when it is sent as %s', async (type, bytes) => {
      const body = Buffer.from(bytes, 'latin1');
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      expect(await app.ask('/hooks/facebook', init)).toMatchObject({
        status: 200,
        body: { source: 'facebook', isBuffer: true, hex: body.toString('hex') },
      });
    });

    it('is an empty buffer when there is none', async () => {
      expect(await app.ask('/hooks/facebook', { method: 'POST' })).toMatchObject({
        body: { isBuffer: true, length: 0 },
      });
    });

    it('may have 4 MiB and no byte more', async () => {
      const send = (length: number) => app.ask('/hooks/facebook', { method: 'POST', body: Buffer.alloc(length) });
      expect(await send(4 * MIB)).toMatchObject({ status: 200, body: { length: 4 * MIB } });
      expect(await send(4 * MIB + 1)).toMatchObject({ status: 413 });
    });
  });

  describe('paths and methods', () => {
    it('accepts a trailing slash and unknown query parameters', async () => {
      expect(await app.ask('/sample.echo/?x=1', json({ a: 1 }))).toMatchObject({ status: 200, body: { a: 1 } });
      expect(await (await app.call('/hooks/facebook/?challenge=42&x=1')).text()).toBe('42');
    });

    it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('answers 405 to %s on a call', async (method) => {
      const { status, headers, body } = await app.ask('/sample.echo', { method });
      expect({ status, allow: headers.get('allow'), body }).toMatchObject({
        status: 405,
        allow: 'POST',
        body: { code: 'method_not_allowed' },
      });
    });

    it('names every method of a path with parameters', async () => {
      const { headers } = await app.ask('/hooks/facebook', { method: 'DELETE' });
      expect(headers.get('allow')).toBe('GET, HEAD, POST');
    });

    it.each(['/', '/sample.ech', '/sample-echo', '/sample.echo/x', '/hooks/a/b'])('answers 404 to %s', async (path) => {
      expect(await app.ask(path, json('{bad'))).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await app.ask(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it('answers a path that cannot be read with a problem', async () => {
      const { status, headers, body } = await app.ask('/%zz');
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    });

    it('answers bytes that are no HTTP with a problem', async () => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      socket.end('NONSENSE\r\n\r\n');
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
      expect(answer).toContain('"code":"invalid_request"');
    });
  });

  describe('problems', () => {
    it('tell a refusal completely', async () => {
      const { headers, body } = await app.ask('/sample.fail?how=refusal', {
        method: 'POST',
        headers: { 'x-request-id': 'mine-1' },
      });
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body).toEqual({
        type: '/docs/errors#graph_refused',
        title: 'Facebook refused the call',
        status: 422,
        detail: 'Facebook refused.',
        code: 'graph_refused',
        message: 'Facebook refused.',
        request_id: 'mine-1',
        source_error: { code: 100, subcode: 33, message: 'No', trace: 'T' },
      });
    });

    it('tell how long to wait, in whole seconds', async () => {
      const { status, headers } = await app.ask('/sample.fail?how=wait', { method: 'POST' });
      expect([status, headers.get('retry-after')]).toEqual([409, '2']);
    });

    it.each(['refusedConnection', 'shutdown', 'tooManyConnections', 'lockTimeout', 'statementTimeout'])(
      'are 503 for %s',
      async (how) => {
        const { status, headers, body } = await app.ask(`/sample.fail?how=${how}`, { method: 'POST' });
        expect({ status, retryAfter: headers.get('retry-after'), body }).toMatchObject({
          status: 503,
          retryAfter: '1',
          body: { code: 'unavailable' },
        });
      },
    );

    it.each(['defect', 'uniqueViolation'])('show nothing of the inside for %s, and the log has it', async (how) => {
      const id = `defect-${how}`;
      const { status, body } = await app.ask(`/sample.fail?how=${how}`, {
        method: 'POST',
        headers: { 'x-request-id': id },
      });
      expect({ status, body }).toMatchObject({ status: 500, body: { code: 'internal', request_id: id } });
      expect(JSON.stringify(body)).not.toMatch(/canary|duplicate|controller/);
      const errors = app.records().filter(({ level }) => level === 'error');
      const line = errors.find(({ request_id }) => request_id === id);
      expect(line).toMatchObject({
        route: '/sample.fail',
        err: { stack: expect.stringContaining('sample.controller') as unknown },
      });
    });

    it("map Nest's own refusals onto registered codes", async () => {
      expect(await app.ask('/sample.fail?how=nest', { method: 'POST' })).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: 'No such thing.' },
      });
    });

    it('break off a stream that has begun', async () => {
      // the cut may overtake the headers
      const answer = app.call('/broken-stream').then((begun) => begun.text());
      await expect(answer).rejects.toThrow(/terminated|fetch failed/);
    });
  });

  describe('validation', () => {
    it('names every wrong field, nested ones by their path', async () => {
      const { status, body } = await app.ask('/sample.validate', json({ page_size: 'x', sender: {} }));
      expect(status).toBe(400);
      expect((body as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual([
        ...['conversation_id', 'conversation_id', 'page_size', 'page_size', 'sender.name'],
      ]);
    });

    it('makes the DTO, without unknown fields and without touching free ones', async () => {
      const sent = { conversation_id: 'c', unknown: 1, message: { any: { thing: [null] } } };
      expect(await app.ask('/sample.validate', json(sent))).toMatchObject({
        status: 200,
        body: { isInstance: true, body: { conversation_id: 'c', message: { any: { thing: [null] } } } },
      });
    });

    it('names what zod refuses by its path', async () => {
      const content = { type: 'text', text: 'x', foo: 1, replies: [{ title: 3, bar: 2 }] };
      expect(await app.ask('/sample.content', json({ content }))).toMatchObject({
        status: 400,
        body: {
          code: 'invalid_request',
          errors: [
            { field: 'content.replies.0.title' },
            { field: 'content.replies.0.bar', message: 'is not a known field' },
            { field: 'content.foo', message: 'is not a known field' },
          ],
        },
      });
    });
  });

  describe('request ids', () => {
    it('are the caller’s when they are harmless, in the header, for the handler and in the log', async () => {
      const { headers, body } = await app.ask('/sample.request-id', {
        method: 'POST',
        headers: { 'x-request-id': 'abc_DEF-1' },
      });
      expect([headers.get('x-request-id'), body]).toEqual(['abc_DEF-1', { id: 'abc_DEF-1' }]);
      await until(() => app.records().some(({ request_id }) => request_id === 'abc_DEF-1'));
    });

    it.each(['', 'a b', 'a'.repeat(65), 'x"y', 'ü'])('are ours for %j', async (given) => {
      const { headers, body } = await app.ask('/sample.request-id', {
        method: 'POST',
        headers: { 'x-request-id': given },
      });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(body).toEqual({ id: headers.get('x-request-id') });
    });

    it.each([
      ['204', '/sample.nothing', { method: 'POST' }],
      ['404', '/nowhere', {}],
      ['405', '/sample.echo', {}],
      ['a stream', '/stream', {}],
    ])('are in the header of %s', async (_, path, init) => {
      const stop = new AbortController();
      const { headers } = await app.call(path, { ...init, headers: { 'x-request-id': 'here' }, signal: stop.signal });
      stop.abort();
      expect(headers.get('x-request-id')).toBe('here');
    });
  });

  describe('access log', () => {
    it('has one line for a request, with the pattern of its route and neither query nor body', async () => {
      const init = {
        ...json({ text: 'cAnArY' }),
        headers: { 'content-type': 'application/json', 'x-request-id': 'logged' },
      };
      await app.ask('/hooks/cAnArY?ticket=cAnArY', init);
      const lines = (): Record<string, unknown>[] => app.records().filter(({ request_id }) => request_id === 'logged');
      await until(() => lines().length > 0);
      expect(lines()).toEqual([
        expect.objectContaining({
          level: 'info',
          method: 'POST',
          route: '/hooks/:source',
          status: 200,
          ms: expect.any(Number) as unknown,
        }),
      ]);
      expect(app.lines.join('')).not.toContain('cAnArY');
    });

    it('has the code of a refusal, and no path for what is not there', async () => {
      await app.ask('/cAnArY/secret', { headers: { 'x-request-id': 'lost' } });
      await until(() => app.records().some(({ request_id }) => request_id === 'lost'));
      expect(app.records().find(({ request_id }) => request_id === 'lost')).toMatchObject({
        route: 'none',
        status: 404,
        code: 'not_found',
      });
      expect(app.lines.join('')).not.toContain('cAnArY');
    });

    it('has a line for a stream when its reader has gone', async () => {
      const stop = new AbortController();
      await app.call('/stream', { headers: { 'x-request-id': 'gone' }, signal: stop.signal });
      stop.abort();
      await until(() => app.records().some(({ request_id }) => request_id === 'gone'));
      expect(app.records().find(({ request_id }) => request_id === 'gone')).toMatchObject({
        route: '/stream',
        aborted: true,
      });
    });
  });

  describe('browsers', () => {
    const preflight = (origin: string) =>
      app.call('/sample.echo', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,idempotency-key',
          'x-request-id': 'preflight',
        },
      });

    it('of an allowed origin may call with credentials', async () => {
      const { status, headers } = await preflight('https://inbox.example.com');
      expect([
        status,
        headers.get('access-control-allow-origin'),
        headers.get('access-control-allow-credentials'),
      ]).toEqual([...[204, 'https://inbox.example.com', 'true']]);
      expect(headers.get('access-control-allow-headers')).toBe('authorization,idempotency-key');
      expect(headers.get('x-request-id')).toBe('preflight');
    });

    it.each([
      ['an answer', '/sample.echo', { method: 'POST' }],
      ['a refusal', '/sample.fail?how=refusal', { method: 'POST' }],
      ['a stream', '/stream', {}],
    ])('of an allowed origin can read %s', async (_, path, init) => {
      const stop = new AbortController();
      const answer = await app.call(path, {
        ...init,
        headers: { origin: 'https://inbox.example.com' },
        signal: stop.signal,
      });
      stop.abort();
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://inbox.example.com');
      expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
      expect(answer.headers.get('vary')).toContain('Origin');
    });

    it.each([
      'https://evil.example',
      'null',
      '*',
      'https://inbox.example.com.evil.example',
      'http://inbox.example.com',
    ])('of the origin %s get no permission', async (origin) => {
      const answers = [
        await preflight(origin),
        await app.call('/sample.echo', { method: 'POST', headers: { origin } }),
      ];
      expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([null, null]);
    });
  });
});
