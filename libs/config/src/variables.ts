import { z } from 'zod';
import { parseEncryptionKeys } from './encryption-keys.js';
import { tracingVariables } from './tracing-variables.js';
import { parsed, type Variable } from './variable.js';

const switches: Readonly<Record<string, boolean>> = { true: true, false: false };
const port = whole(0, 65_535, 'must be a port: a whole number from 0 to 65535');

/** Every variable that is common to the processes: what reads it, and what the documents say of it. */
export const variables = {
  PORT: {
    schema: port,
    default: 'standalone and channels 8080, ingester 8081, projector 8082, sender 8083',
    meaning: 'The HTTP door of the process; 0 takes a free one.',
  },
  HOST: {
    schema: matching(/^[\w.:-]+$/, 'must be an address or a host name, for example 127.0.0.1 or 0.0.0.0'),
    default: '127.0.0.1',
    meaning: 'The address that the door listens on (0.0.0.0 in images).',
  },
  METRICS_PORT: {
    schema: port,
    default: '9464',
    meaning:
      '`/metrics` on HOST, never on the public door; 0 turns it off. A role does not start when it is taken; `standalone` takes a free port instead of a taken 9464 that nobody asked for, and says so.',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    }),
    default: 'info; standalone warn',
    meaning: 'How much is logged, as JSON lines on stdout.',
  },
  PARLEY_HOME: {
    schema: z.string(),
    default: '.parley',
    meaning: 'Data of `standalone`: embedded PostgreSQL, generated secrets, `api-key`.',
  },
  PARLEY_PUBLIC_URL: {
    schema: z
      .string()
      .refine(isPublicUrl, 'must be an http(s) URL without query, for example https://parley.example.com'),
    default: '`http://HOST:PORT`',
    meaning: 'Prefix of `webhook_url`: where Facebook reaches this installation.',
  },
  PARLEY_API_KEY: {
    schema: matching(
      /^[\x21-\x7e]{32,}$/,
      'must have at least 32 visible ASCII characters: make one with `openssl rand -hex 32`',
    ),
    default: '`standalone`: generated into `PARLEY_HOME/api-key` on first start',
    meaning: 'Bootstrap admin key of the default workspace, accepted as given.',
    secret: true,
  },
  PARLEY_ENCRYPTION_KEY: {
    schema: parsed(
      parseEncryptionKeys,
      'must be 32 bytes in base64 or base64url, or a list `id:key,id:key` with different ids: make one with `openssl rand -base64 32`',
    ),
    default: 'generated in `standalone`, required elsewhere',
    meaning:
      'Seals page tokens and app secrets. For rotation put the new key first: `id:key,1:old key` (a key without an id has the id 1).',
    secret: true,
  },
  PARLEY_ALLOWED_ORIGINS: {
    schema: parsed(
      parseOrigins,
      'must be origins with commas between, for example https://inbox.example.com; `*` and `null` are refused',
    ),
    default: 'none',
    meaning: 'Origins of browsers that may call with credentials.',
  },
  PARLEY_RATE_LIMIT: {
    schema: whole(1, 1_000_000, 'must be a whole number of calls a second, from 1'),
    default: '500',
    meaning: 'Calls a second of each created API key that has no limit of its own; each process counts for itself.',
  },
  LOG_RETENTION_DAYS: {
    schema: whole(1, 3_650, 'must be a whole number of days, from 1 to 3650'),
    default: '7',
    meaning:
      'How long records of the event log are kept, in days. Never deleted are those that a part of Parley has still to read, and dead letters that nobody has dealt with.',
  },
  PARLEY_SPOOL_DIR: {
    schema: z.string(),
    default: '`PARLEY_HOME/spool`',
    meaning:
      'Where the ingester keeps webhooks while the log is away: a folder of its own for each ingester, on a disk that outlives it.',
  },
  PARLEY_SPOOL_MAX_MB: {
    schema: whole(0, 1_000_000, 'must be a whole number of megabytes, 0 for no spool'),
    default: '512',
    meaning:
      'How much the spool may hold, in MiB; 0 turns it off: webhooks are answered 503 while the log is away, and Facebook drops them after a few repeats.',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .refine(
        isPostgresUrl,
        'must be a URL that begins with postgres://, for example postgres://user:password@host:5432/parley',
      ),
    default: 'embedded in `standalone`, required elsewhere',
    meaning: 'A real PostgreSQL, 14 or newer.',
    secret: true,
  },
  KAFKA_BROKERS: {
    schema: parsed(
      parseBrokers,
      'must be brokers with commas between, each host:port, for example kafka-1:9092,kafka-2:9092',
    ),
    default: 'unset: the event log is in PostgreSQL',
    meaning:
      'The event log is in Kafka (3.9 and 4.x). What is written in transactions is still written to PostgreSQL, and copied.',
  },
  KAFKA_TOPIC_PREFIX: {
    schema: matching(/^[\w.-]{0,100}$/, 'must be letters, digits, dots, dashes and underscores, at most 100'),
    default: '`parley.`',
    meaning: 'Before the name of every topic: of two installations on one Kafka each has its own.',
  },
  KAFKA_REPLICATION: {
    schema: whole(1, 9, 'must be a whole number of copies, from 1 to 9'),
    default: '3, or as many as there are brokers',
    meaning:
      'Copies of each record. All but one of them must be written before a record counts as safe. A topic that has fewer is refused.',
  },
  KAFKA_SSL: {
    schema: parsed((text) => switches[text] ?? null, 'must be true or false'),
    default: 'false',
    meaning: 'TLS to the brokers. Certificates of an authority of your own: `NODE_EXTRA_CA_CERTS`.',
  },
  KAFKA_STUCK_SECONDS: {
    schema: whole(5, 3_600, 'must be a whole number of seconds, from 5 to 3600'),
    default: '60',
    meaning:
      'Where Kafka answers new connections, and not this process, for so long, the process ends with code 75, to be started again. An outage of Kafka does not count.',
  },
  KAFKA_SASL_MECHANISM: {
    schema: z.enum(['plain', 'scram-sha-256', 'scram-sha-512'], {
      error: 'must be plain, scram-sha-256 or scram-sha-512',
    }),
    default: 'scram-sha-512',
    meaning: 'How KAFKA_SASL_USERNAME proves who it is.',
  },
  KAFKA_SASL_USERNAME: {
    schema: z.string(),
    default: 'unset: no authentication',
    meaning: 'Who we are to the brokers.',
  },
  KAFKA_SASL_PASSWORD: {
    schema: z.string(),
    default: 'unset',
    meaning: 'The password of KAFKA_SASL_USERNAME.',
    secret: true,
  },
  SIMULATOR_PORT: {
    schema: port,
    default: '8090',
    meaning: 'The simulated Graph API and its control calls.',
  },
  ...tracingVariables,
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

function matching(pattern: RegExp, message: string): z.ZodType<string, string> {
  return z.string().regex(pattern, message);
}

function whole(min: number, max: number, message: string): z.ZodType<number, string> {
  return parsed((text) => {
    const value = Number(text);
    return /^\d{1,9}$/.test(text) && value >= min && value <= max ? value : null;
  }, message);
}

function parseOrigins(text: string): readonly string[] | null {
  const origins = text.split(',').map((origin) => origin.trim());
  return origins.every(isOrigin) ? origins : null;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '';
}

function parseBrokers(text: string): readonly string[] | null {
  const brokers = text.split(',').map((broker) => broker.trim());
  return brokers.every((broker) => /^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i.test(broker)) ? brokers : null;
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}
