import type { z } from 'zod';
import type { tracingVariables } from './tracing-variables.js';

type Values = {
  readonly [Name in keyof typeof tracingVariables]?: z.output<(typeof tracingVariables)[Name]['schema']>;
};

export interface TracingConfig {
  /** Where spans are posted to. */
  readonly url: string;
  /** May hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Of the resource; `service.name` among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly sampling: {
    /** Of the traces that begin here, from 0 to 1. */
    readonly ratio: number;
    /** What a caller has begun is kept or not as he has it. */
    readonly followsCaller: boolean;
  };
}

/** As the specification has it: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
const usualEndpoint = 'http://localhost:4318';

/** null: off. */
export function tracingOf(app: string, values: Values): TracingConfig | null {
  const endpoint = endpointOf(values);
  if (endpoint === null || values.OTEL_SDK_DISABLED === true) return null;
  const sampler = values.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on';
  return {
    url: endpoint,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
    attributes: {
      'service.name': `parley-${app}`,
      ...values.OTEL_RESOURCE_ATTRIBUTES,
      ...(values.OTEL_SERVICE_NAME !== undefined && { 'service.name': values.OTEL_SERVICE_NAME }),
    },
    sampling: {
      ratio: ratioOf(sampler, values.OTEL_TRACES_SAMPLER_ARG ?? 1),
      followsCaller: sampler.startsWith('parentbased_'),
    },
  };
}

function endpointOf({
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_EXPORTER_OTLP_ENDPOINT: base,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces,
}: Values): string | null {
  if (exporter === 'none') return null;
  if (ofTraces !== undefined) return ofTraces;
  if (base === undefined && exporter === undefined) return null;
  return `${(base ?? usualEndpoint).replace(/\/+$/, '')}/v1/traces`;
}

function ratioOf(sampler: NonNullable<Values['OTEL_TRACES_SAMPLER']>, given: number): number {
  if (sampler.endsWith('always_on')) return 1;
  return sampler.endsWith('always_off') ? 0 : given;
}
