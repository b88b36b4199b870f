import { z } from 'zod';
import { parsed, type Variable } from './variable.js';

const samplers = ['always_on', 'always_off', 'traceidratio'] as const;
const pairs = 'must be name=value with commas between, values percent-encoded';
const url = z.string().refine(isCollectorUrl, 'must be an http(s) URL without user, password or query');

/** Names and meanings of OpenTelemetry: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: url,
    default: 'unset: no tracing',
    meaning:
      'Turns tracing on: the OpenTelemetry collector, for example http://collector:4318; spans go to `/v1/traces` there.',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: url,
    default: '`OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces`',
    meaning: 'Turns tracing on: where spans go, taken as it is.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: parsed(parseHeaders, pairs),
    default: 'none',
    meaning: 'Headers for the collector, as `name=value,name=value` with percent-encoded values.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    schema: z.enum(['http/protobuf', 'http/json'], {
      error: 'must be http/protobuf or http/json; grpc is not built in',
    }),
    default: 'http/protobuf',
    meaning: 'How spans are written.',
  },
  OTEL_TRACES_EXPORTER: {
    schema: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }),
    default: 'otlp where an endpoint is set',
    meaning: '`none` turns tracing off; `otlp` without an endpoint means http://localhost:4318.',
  },
  OTEL_SDK_DISABLED: {
    schema: parsed((text) => ({ true: true, false: false })[text] ?? null, 'must be true or false'),
    default: 'false',
    meaning: '`true` turns tracing off, whatever else is set.',
  },
  OTEL_SERVICE_NAME: {
    schema: z.string(),
    default: '`parley-<role>`, for example parley-ingester',
    meaning: '`service.name` of the spans of this process.',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    schema: parsed(parsePairs, pairs),
    default: 'none',
    meaning: 'What else is said of this process with its spans, for example `deployment.environment.name=live`.',
  },
  OTEL_TRACES_SAMPLER: {
    schema: z.enum([...samplers, ...samplers.map((name) => `parentbased_${name}` as const)], {
      error: `must be ${samplers.join(', ')}, or one of them behind parentbased_`,
    }),
    default: 'parentbased_always_on',
    meaning: 'Which traces are kept; `parentbased_…`: what a caller has begun, as the caller has it.',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: parsed(parseRatio, 'must be a number from 0 to 1'),
    default: '1',
    meaning: 'Of `traceidratio`: how many traces are kept, for example 0.01.',
  },
} as const satisfies Record<string, Variable>;

function isCollectorUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

function parseRatio(text: string): number | null {
  return /^(0|1|0?\.\d+|[01]\.\d+)$/.test(text) && Number(text) <= 1 ? Number(text) : null;
}

/** Only what HTTP can carry. */
function parseHeaders(text: string): Readonly<Record<string, string>> | null {
  const headers = parsePairs(text);
  return Object.values(headers ?? {}).every((value) => /^[\x20-\x7e]*$/.test(value)) ? headers : null;
}

/** As W3C baggage is written, without its properties. */
function parsePairs(text: string): Readonly<Record<string, string>> | null {
  const entries = text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map(parsePair);
  return entries.every((entry) => entry !== null) ? Object.fromEntries(entries) : null;
}

function parsePair(pair: string): [string, string] | null {
  const [, name, value] = /^\s*([\w.!#$%&'*+^`|~-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) return null;
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return null;
  }
}
