import { createLogger, type LogLevel } from './create-logger.js';
import { nestLogger } from './nest-logger.js';

const CANARY = 'cAnArY';

function recordingLogger(level: LogLevel = 'trace') {
  const lines: string[] = [];
  const logger = createLogger({ app: 'test', level, destination: { write: (line) => void lines.push(line) } });
  const records = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, records };
}

const secretKeys = [
  ...['authorization', 'Authorization', 'cookie', 'set-cookie', 'token', 'page_token', 'access_token', 'accessToken'],
  ...[
    'auth_token',
    'app_secret',
    'appSecret',
    'secret',
    'client_secret',
    'verify_token',
    'api_key',
    'apiKey',
    'x-api-key',
  ],
  ...['token_sealed', 'secret_sealed', 'pageTokenSealed', 'appsecret_proof', 'ticket', 'password', 'DATABASE_URL'],
  ...[
    'text',
    'content',
    'raw',
    'rawBody',
    'body',
    'payload',
    'attachments',
    'proxy-authorization',
    'X-Hub-Signature-256',
  ],
];

const atDepth = (depth: number, value: object): object =>
  depth === 0 ? value : { nested: [atDepth(depth - 1, value)] };

describe('logger', () => {
  it('writes one JSON line with level, time, app and request id', () => {
    const { logger, records } = recordingLogger();
    logger.child({ request_id: 'r-1' }).info({ route: '/x' }, 'request');
    expect(records()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        app: 'test',
        request_id: 'r-1',
        route: '/x',
        msg: 'request',
      },
    ]);
  });

  it.each([0, 1, 2, 3, 4, 7, 12])('redacts every secret key at depth %i', (depth) => {
    const { logger, lines } = recordingLogger();
    for (const key of secretKeys) {
      logger.info(atDepth(depth, { [key]: CANARY }), 'value');
      logger.info(atDepth(depth, { [key]: { inner: [CANARY] } }), 'object');
      logger
        .child(atDepth(depth, { [key]: CANARY }) as Record<string, unknown>)
        .child({ [key]: CANARY })
        .info('bindings');
    }
    expect(lines).toHaveLength(secretKeys.length * 3);
    expect(lines.filter((line) => line.includes(CANARY))).toEqual([]);
  });

  it('never prints what an HTTP client or a database hangs on its errors', () => {
    const { logger, lines, records } = recordingLogger();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', config: { data: CANARY } });
    const error = Object.assign(new Error('Request failed', { cause }), {
      config: { headers: { Authorization: `Bearer ${CANARY}` }, data: CANARY },
      request: { path: CANARY },
      response: { data: CANARY, config: CANARY },
      parameters: [CANARY],
      detail: CANARY,
      code: 'ERR_BAD_REQUEST',
    });
    logger.error(error);
    logger.error({ err: error, failure: error, list: [new AggregateError([error])] }, 'failed');
    logger.child({ err: error }).error('failed');
    expect(lines.join('')).not.toContain(CANARY);
    expect(records()[0]).toMatchObject({
      msg: 'Request failed',
      err: {
        type: 'Error',
        code: 'ERR_BAD_REQUEST',
        stack: expect.any(String) as unknown,
        cause: { code: 'ECONNREFUSED' },
      },
    });
  });

  it.each([
    `https://graph.facebook.com/me?access_token=${CANARY}&fields=id`,
    `GET /stream?ticket=${CANARY}`,
    `Authorization: Bearer ${CANARY}`,
    `{"access_token":"${CANARY}"}`,
    JSON.stringify(JSON.stringify({ page_token: CANARY })),
    `postgres://parley:${CANARY}@db:5432/parley`,
    `client_secret=${CANARY}`,
    `EAA${CANARY.repeat(5)}`,
    `parley_${CANARY.repeat(5)}`,
  ])('scrubs secrets inside of texts: %s', (text) => {
    const { logger, lines } = recordingLogger();
    logger.info(text);
    logger.info({ detail: text, deep: { list: [text] } }, 'value');
    logger.error(new Error(text));
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain(CANARY);
  });

  it.each(['cAnArY "and" so on', `{"text":cAnArY}`, `[cAnArY, ${'-'.repeat(100)}]`])(
    'shows nothing of what the parser of JSON could not read: %s',
    async (text) => {
      const { logger, records, lines } = recordingLogger();
      const error: unknown = await Promise.resolve()
        .then((): unknown => JSON.parse(text))
        .catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('cAnArY');
      logger.error({ err: new Error('Not JSON.', { cause: error }) }, 'poison');
      logger.warn(error);
      expect(records()).toHaveLength(2);
      expect(lines.join('')).toContain('is not valid JSON');
      expect(lines.join('')).not.toMatch(/cAnAr|so on/);
    },
  );

  it('leaves ordinary words about tokens alone', () => {
    const { logger, records } = recordingLogger();
    const message = 'Error validating access token: Session has expired. See http://127.0.0.1:8080/docs';
    logger.warn({ token_expires_at: '2026-11-21', keys: 2 }, message);
    expect(records()).toEqual([expect.objectContaining({ msg: message, token_expires_at: '2026-11-21', keys: 2 })]);
  });

  it('survives cycles, big numbers, buffers and long lists', () => {
    const { logger, records } = recordingLogger();
    const cycle: Record<string, unknown> = { offset: 10n, bytes: Buffer.from(CANARY), when: new Date(0) };
    cycle['self'] = cycle;
    logger.info({ cycle, list: Array.from({ length: 500 }, (_, index) => index) });
    expect(records()).toEqual([
      expect.objectContaining({
        cycle: { offset: '10', bytes: '[6 bytes]', when: '1970-01-01T00:00:00.000Z', self: '[…]' },
        list: Array.from({ length: 50 }, (_, index) => index),
      }),
    ]);
  });

  it('writes a key that would be a prototype', () => {
    const { logger, records } = recordingLogger();
    logger.info({ given: JSON.parse('{"__proto__":{"token":"t","n":1},"m":2}') as unknown });
    const [{ given } = {}] = records();
    expect(JSON.stringify(given)).toBe('{"__proto__":{"token":"[redacted]","n":1},"m":2}');
  });

  it('writes what lies in a record twice, twice', () => {
    const { logger, records } = recordingLogger();
    const shared = { n: 1 };
    logger.info({ a: shared, b: { c: shared } });
    expect(records()).toEqual([expect.objectContaining({ a: { n: 1 }, b: { c: { n: 1 } } })]);
  });

  it('does not change what it is given', () => {
    const { logger } = recordingLogger();
    const record = { token: CANARY, nested: { text: CANARY } };
    logger.info(record);
    expect(record).toEqual({ token: CANARY, nested: { text: CANARY } });
  });
});

describe("Nest's logger", () => {
  it('is quiet below warn at level info', () => {
    const { logger, records } = recordingLogger('info');
    const nest = nestLogger(logger);
    nest.log('Mapped {/x, POST} route', 'RouterExplorer');
    nest.debug?.('x');
    nest.warn('Careful', 'Injector');
    nest.error(new Error('broken'), 'ExceptionHandler');
    expect(records()).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'Careful', context: 'Injector' }),
      expect.objectContaining({
        level: 'error',
        msg: 'broken',
        err: expect.objectContaining({ message: 'broken' }) as unknown,
      }),
    ]);
  });

  it('keeps the stack that Nest hands over as text', () => {
    const { logger, records } = recordingLogger('info');
    nestLogger(logger).error('broken', 'Error: broken\n at x', 'ExceptionHandler');
    expect(records()).toEqual([
      expect.objectContaining({ msg: 'broken', stack: 'Error: broken\n at x', context: 'ExceptionHandler' }),
    ]);
  });
});
