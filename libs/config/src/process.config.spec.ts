import { readProcessConfig } from './process.config.js';
import { renderConfigDoc, renderEnvExample } from './render-config-doc.js';

const key = 'A'.repeat(42) + 'E=';
const complete = { DATABASE_URL: 'postgres://parley:pw@db:5432/parley', PARLEY_ENCRYPTION_KEY: key };

const problemsOf = (result: { ok: boolean; problems?: readonly string[] }): readonly string[] => result.problems ?? [];

describe('process configuration', () => {
  it('needs nothing to start standalone', () => {
    expect(readProcessConfig('standalone', {})).toEqual({
      ok: true,
      config: {
        app: 'standalone',
        http: { host: '127.0.0.1', port: 8080, allowedOrigins: [] },
        publicUrl: 'http://127.0.0.1:8080',
        metricsPort: 9464,
        isMetricsPortChosen: false,
        logLevel: 'warn',
        home: '.parley',
        apiKey: null,
        rateLimitPerSecond: 500,
        logRetentionDays: 7,
        spool: { directory: '.parley/spool', maxBytes: 512 * 1024 * 1024 },
        kafka: null,
        simulatorPort: 8090,
        tracing: null,
        warnings: [],
        databaseUrl: null,
        encryptionKeys: null,
      },
    });
  });

  it.each([
    ['channels', 8080],
    ['ingester', 8081],
    ['projector', 8082],
    ['sender', 8083],
  ] as const)('starts %s on port %i', (app, port) => {
    expect(readProcessConfig(app, complete)).toMatchObject({ ok: true, config: { app, http: { port } } });
  });

  it('reads every variable', () => {
    const environment = {
      ...complete,
      PORT: '0',
      HOST: '0.0.0.0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'warn',
      PARLEY_HOME: '/data',
      PARLEY_PUBLIC_URL: 'https://parley.example.com/',
      PARLEY_API_KEY: 'k'.repeat(32),
      PARLEY_ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:3000',
      PARLEY_RATE_LIMIT: '20',
      LOG_RETENTION_DAYS: '30',
      PARLEY_SPOOL_DIR: '/spool',
      PARLEY_SPOOL_MAX_MB: '2',
      SIMULATOR_PORT: '9000',
    };
    expect(readProcessConfig('channels', environment)).toMatchObject({
      ok: true,
      config: {
        http: { host: '0.0.0.0', port: 0, allowedOrigins: ['https://a.example.com', 'http://localhost:3000'] },
        metricsPort: null,
        isMetricsPortChosen: true,
        logLevel: 'warn',
        home: '/data',
        publicUrl: 'https://parley.example.com',
        apiKey: 'k'.repeat(32),
        rateLimitPerSecond: 20,
        logRetentionDays: 30,
        spool: { directory: '/spool', maxBytes: 2_097_152 },
        simulatorPort: 9000,
        warnings: [],
        databaseUrl: complete.DATABASE_URL,
        encryptionKeys: [{ id: '1', key: Buffer.from(key, 'base64') }],
      },
    });
  });

  it('takes an empty variable as unset', () => {
    expect(readProcessConfig('standalone', { PORT: '', PARLEY_API_KEY: '' })).toMatchObject({ ok: true });
  });

  it('warns outside of standalone when nobody says where Facebook reaches it', () => {
    expect(readProcessConfig('ingester', complete)).toMatchObject({
      config: { publicUrl: 'http://127.0.0.1:8081', warnings: [expect.stringContaining('PARLEY_PUBLIC_URL')] },
    });
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:8080'],
    ['::1', 'http://[::1]:8080'],
    ['parley.local', 'http://parley.local:8080'],
  ])('derives the public URL from host %s', (HOST, publicUrl) => {
    expect(readProcessConfig('standalone', { HOST })).toMatchObject({ config: { publicUrl } });
  });

  it('reads a list of keys in either base64, the sealing one first', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const list = `new:${bytes.toString('base64url')},old:${bytes.toString('base64')}`;
    expect(readProcessConfig('channels', { ...complete, PARLEY_ENCRYPTION_KEY: list })).toMatchObject({
      config: {
        encryptionKeys: [
          { id: 'new', key: bytes },
          { id: 'old', key: bytes },
        ],
      },
    });
  });

  it.each([
    ['PORT', ['-1', '65536', '80a', '1.5', ' 80', '0x50']],
    ['HOST', ['a b', 'http://x']],
    ['METRICS_PORT', ['no']],
    ['LOG_LEVEL', ['INFO', 'verbose']],
    ['PARLEY_PUBLIC_URL', ['parley.example.com', 'ftp://x', 'https://x/?a=1', 'https://u:p@x']],
    ['PARLEY_API_KEY', ['k'.repeat(31), 'k'.repeat(31) + ' ', 'ü'.repeat(32)]],
    ['PARLEY_ENCRYPTION_KEY', ['short', key.slice(4), `${key},${key}`, `a:${key},a:${key}`, `:${key}`, `a.b:${key}`]],
    ['PARLEY_ALLOWED_ORIGINS', ['*', 'null', 'https://a.example.com/', 'a.example.com', 'https://a.example.com,*']],
    ['PARLEY_RATE_LIMIT', ['0', '-5', 'many']],
    ['LOG_RETENTION_DAYS', ['0', '3651']],
    ['DATABASE_URL', ['mysql://x', 'localhost:5432', 'postgres:']],
    ['KAFKA_BROKERS', ['kafka', 'kafka:9092,', 'http://kafka:9092']],
    ['KAFKA_TOPIC_PREFIX', ['a b']],
    ['KAFKA_REPLICATION', ['0']],
    ['KAFKA_SSL', ['yes']],
    ['KAFKA_STUCK_SECONDS', ['4', 'soon']],
    ['KAFKA_SASL_MECHANISM', ['SCRAM-SHA-512']],
    ['SIMULATOR_PORT', ['99999']],
  ])('refuses a wrong %s in words, without the value', (name, values) => {
    for (const value of values) {
      const [problem, ...others] = problemsOf(readProcessConfig('standalone', { [name]: value }));
      expect(others).toEqual([]);
      expect(problem).toMatch(new RegExp(`^${name} must .*\\.$`));
    }
  });

  it.each(['PARLEY_API_KEY', 'PARLEY_ENCRYPTION_KEY', 'DATABASE_URL'])('never shows the secret %s', (name) => {
    expect(problemsOf(readProcessConfig('standalone', { [name]: 'cAnArY' })).join()).not.toContain('cAnArY');
  });

  it('says everything that is wrong at once', () => {
    const problems = problemsOf(readProcessConfig('channels', { PORT: 'x', LOG_LEVEL: 'x', KAFKA_SASL_USERNAME: 'k' }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      ...['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'PARLEY_ENCRYPTION_KEY', 'KAFKA_SASL_PASSWORD'],
    ]);
  });

  it('reads where Kafka is, and who we are there', () => {
    const environment = {
      ...complete,
      KAFKA_BROKERS: 'kafka-1:9092, 10.0.0.2:9093',
      KAFKA_TOPIC_PREFIX: 'shop.',
      KAFKA_REPLICATION: '2',
      KAFKA_SSL: 'true',
      KAFKA_STUCK_SECONDS: '30',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'parley',
      KAFKA_SASL_PASSWORD: 'secret',
    };
    expect(readProcessConfig('sender', environment)).toMatchObject({
      ok: true,
      config: {
        kafka: {
          brokers: ['kafka-1:9092', '10.0.0.2:9093'],
          topicPrefix: 'shop.',
          replication: 2,
          tls: true,
          sasl: { mechanism: 'plain', username: 'parley', password: 'secret' },
          stuckSeconds: 30,
        },
      },
    });
    expect(readProcessConfig('sender', { ...complete, KAFKA_BROKERS: 'k:9092' })).toMatchObject({
      config: {
        kafka: {
          ...{ brokers: ['k:9092'], topicPrefix: 'parley.', replication: null, tls: false, sasl: null },
          stuckSeconds: 60,
        },
      },
    });
  });
});

describe('documents of the configuration', () => {
  // the table of wire.md §7, without what this version does not have
  const names = [
    ...['PORT', 'HOST', 'METRICS_PORT', 'LOG_LEVEL', 'PARLEY_HOME', 'PARLEY_PUBLIC_URL', 'PARLEY_API_KEY'],
    ...['PARLEY_ENCRYPTION_KEY', 'PARLEY_ALLOWED_ORIGINS', 'PARLEY_RATE_LIMIT', 'LOG_RETENTION_DAYS'],
    ...['PARLEY_SPOOL_DIR', 'PARLEY_SPOOL_MAX_MB', 'DATABASE_URL'],
    ...['KAFKA_BROKERS', 'KAFKA_TOPIC_PREFIX', 'KAFKA_REPLICATION', 'KAFKA_SSL', 'KAFKA_STUCK_SECONDS'],
    ...['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
    'SIMULATOR_PORT',
    ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'],
    ...['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_TRACES_EXPORTER', 'OTEL_SDK_DISABLED', 'OTEL_SERVICE_NAME'],
    ...['OTEL_RESOURCE_ATTRIBUTES', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
    ...['FACEBOOK_APP_ID', 'FACEBOOK_APP_SECRET', 'FACEBOOK_WEBHOOK_SECRET', 'FACEBOOK_GRAPH_URL'],
    ...['FACEBOOK_GRAPH_VERSION'],
  ];

  it('name every variable once', () => {
    const rows = renderConfigDoc()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => row.split('`')[1])).toEqual(names);
    expect(rows.filter((row) => row.split('|').length !== 6)).toEqual([]);
  });

  it('give an example file that changes nothing when it is copied', () => {
    const lines = renderEnvExample().split('\n');
    expect(lines.filter((line) => !/^(# .*)?$/.test(line))).toEqual([]);
    expect(lines.filter((line) => /^# [A-Z_]+=$/.test(line)).map((line) => line.slice(2, -1))).toEqual(names);
  });
});
