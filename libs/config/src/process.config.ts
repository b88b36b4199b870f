import { join } from 'node:path';
import type { z } from 'zod';
import type { EncryptionKey } from './encryption-keys.js';
import { fileProblems, type Environment } from './read-env.js';
import { tracingOf, type TracingConfig } from './tracing.config.js';
import { variables, type VariableName } from './variables.js';

export type AppName = 'standalone' | 'ingester' | 'projector' | 'channels' | 'sender' | 'migrate';

interface CommonConfig {
  readonly app: AppName;
  readonly http: {
    readonly host: string;
    /** 0: a free one. */
    readonly port: number;
    readonly allowedOrigins: readonly string[];
  };
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** null: off. */
  readonly metricsPort: number | null;
  /** Somebody wants it there and nowhere else. */
  readonly isMetricsPortChosen: boolean;
  readonly logLevel: z.output<(typeof variables)['LOG_LEVEL']['schema']>;
  readonly home: string;
  readonly apiKey: string | null;
  readonly rateLimitPerSecond: number;
  readonly logRetentionDays: number;
  readonly spool: {
    readonly directory: string;
    /** 0: off. */
    readonly maxBytes: number;
  };
  /** null: the log is in PostgreSQL. */
  readonly kafka: KafkaConfig | null;
  readonly simulatorPort: number;
  /** null: off. */
  readonly tracing: TracingConfig | null;
  /** What is allowed, but probably not meant; to be logged at start. */
  readonly warnings: readonly string[];
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** null: 3, or as many as there are brokers. */
  readonly replication: number | null;
  readonly tls: boolean;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
  readonly stuckSeconds: number;
}

export interface ProcessConfig extends CommonConfig {
  readonly databaseUrl: string;
  /** The first seals. Empty for `migrate`. */
  readonly encryptionKeys: readonly EncryptionKey[];
}

export interface StandaloneConfig extends CommonConfig {
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** null: the generated one. */
  readonly encryptionKeys: readonly EncryptionKey[] | null;
}

/** `problems` is complete, each a sentence with what to do, and shows no secret. */
export type ConfigResult<Config> =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

type Values = { readonly [Name in VariableName]?: z.output<(typeof variables)[Name]['schema']> };

const ports: Readonly<Record<AppName, number>> = {
  standalone: 8080,
  channels: 8080,
  ingester: 8081,
  projector: 8082,
  sender: 8083,
  migrate: 0,
};

const defaults = {
  HOST: '127.0.0.1',
  METRICS_PORT: 9464,
  PARLEY_HOME: '.parley',
  PARLEY_ALLOWED_ORIGINS: [],
  PARLEY_RATE_LIMIT: 500,
  LOG_RETENTION_DAYS: 7,
  PARLEY_SPOOL_MAX_MB: 512,
  SIMULATOR_PORT: 8090,
} as const satisfies Values;

const required: Readonly<Record<AppName, readonly VariableName[]>> = {
  standalone: [],
  channels: ['DATABASE_URL', 'PARLEY_ENCRYPTION_KEY'],
  ingester: ['DATABASE_URL', 'PARLEY_ENCRYPTION_KEY'],
  projector: ['DATABASE_URL', 'PARLEY_ENCRYPTION_KEY'],
  sender: ['DATABASE_URL', 'PARLEY_ENCRYPTION_KEY'],
  migrate: ['DATABASE_URL'],
};

export function readProcessConfig(app: 'standalone', environment: Environment): ConfigResult<StandaloneConfig>;
export function readProcessConfig(
  app: Exclude<AppName, 'standalone'>,
  environment: Environment,
): ConfigResult<ProcessConfig>;
export function readProcessConfig(
  app: AppName,
  environment: Environment,
): ConfigResult<StandaloneConfig> | ConfigResult<ProcessConfig> {
  const { values, problems } = readValues(environment);
  const missing = required[app].filter((name) => isUnset(environment[name]) && isUnset(environment[`${name}_FILE`]));
  const all = [
    ...fileProblems(environment),
    ...problems,
    ...missing.map((name) => `${name} is missing: ${app} needs it. ${variables[name].meaning}`),
    ...kafkaProblems(values),
  ];
  if (all.length > 0) return { ok: false, problems: all };
  const common = commonConfig(app, values);
  const databaseUrl = values.DATABASE_URL ?? null;
  const encryptionKeys = values.PARLEY_ENCRYPTION_KEY ?? null;
  if (app === 'standalone') return { ok: true, config: { ...common, databaseUrl, encryptionKeys } };
  return { ok: true, config: { ...common, databaseUrl: databaseUrl ?? '', encryptionKeys: encryptionKeys ?? [] } };
}

function readValues(environment: Environment): { values: Values; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { schema }] of Object.entries(variables)) {
    const text = environment[name];
    if (isUnset(text)) continue;
    const read = schema.safeParse(text);
    if (read.success) values[name] = read.data;
    else problems.push(...read.error.issues.map(({ message }) => `${name} ${message}.`));
  }
  return { values, problems };
}

function isUnset(text: string | undefined): boolean {
  return text === undefined || text === '';
}

function kafkaProblems({ KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password }: Values): string[] {
  if ((username === undefined) === (password === undefined)) return [];
  const [missing, given] =
    username === undefined
      ? ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
      : ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_USERNAME'];
  return [`${missing} is missing: ${given} is set, and one is of no use without the other.`];
}

function kafkaOf(values: Values): KafkaConfig | null {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password = '' } = values;
  if (brokers === undefined) return null;
  const mechanism = values.KAFKA_SASL_MECHANISM ?? 'scram-sha-512';
  return {
    brokers,
    topicPrefix: values.KAFKA_TOPIC_PREFIX ?? 'parley.',
    replication: values.KAFKA_REPLICATION ?? null,
    tls: values.KAFKA_SSL ?? false,
    sasl: username === undefined ? null : { mechanism, username, password },
    stuckSeconds: values.KAFKA_STUCK_SECONDS ?? 60,
  };
}

/** `standalone` runs in somebody's terminal, where a line for every request hides what matters. */
function defaultsOf(app: AppName): { readonly PORT: number; readonly LOG_LEVEL: CommonConfig['logLevel'] } {
  return { PORT: ports[app], LOG_LEVEL: app === 'standalone' ? 'warn' : 'info' };
}

function commonConfig(app: AppName, values: Values): CommonConfig {
  const given = { ...defaults, ...defaultsOf(app), ...values };
  return {
    app,
    http: { host: given.HOST, port: given.PORT, allowedOrigins: given.PARLEY_ALLOWED_ORIGINS },
    publicUrl: given.PARLEY_PUBLIC_URL?.replace(/\/+$/, '') ?? publicUrlOf(given.HOST, given.PORT),
    metricsPort: given.METRICS_PORT === 0 ? null : given.METRICS_PORT,
    isMetricsPortChosen: values.METRICS_PORT !== undefined,
    logLevel: given.LOG_LEVEL,
    home: given.PARLEY_HOME,
    apiKey: given.PARLEY_API_KEY ?? null,
    rateLimitPerSecond: given.PARLEY_RATE_LIMIT,
    logRetentionDays: given.LOG_RETENTION_DAYS,
    spool: {
      directory: given.PARLEY_SPOOL_DIR ?? join(given.PARLEY_HOME, 'spool'),
      maxBytes: given.PARLEY_SPOOL_MAX_MB * 1_048_576,
    },
    kafka: kafkaOf(values),
    simulatorPort: given.SIMULATOR_PORT,
    tracing: tracingOf(app, values),
    warnings: warningsOf(app, values),
  };
}

/** An address that means "all of them" is none that can be called. */
function publicUrlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

function warningsOf(app: AppName, { PARLEY_PUBLIC_URL }: Values): string[] {
  if (app === 'standalone' || app === 'migrate' || PARLEY_PUBLIC_URL !== undefined) return [];
  return [
    'PARLEY_PUBLIC_URL is not set: webhook_url of channels will name this process, where Facebook cannot reach it.',
  ];
}
