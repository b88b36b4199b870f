import { readProcessConfig } from './process.config.js';
import type { Environment } from './read-env.js';

const complete = { DATABASE_URL: 'postgres://u:p@db/parley', PARLEY_ENCRYPTION_KEY: 'A'.repeat(43) };
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

function tracingOf(environment: Environment): unknown {
  const read = readProcessConfig('ingester', { ...complete, ...environment });
  return read.ok ? read.config.tracing : read.problems;
}

// what the variables mean: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
describe('tracing', () => {
  it.each([
    {},
    { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    { ...endpoint, OTEL_SDK_DISABLED: 'true' },
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' },
  ])('is off by %j', (environment) => {
    expect(tracingOf(environment)).toBeNull();
  });

  it('is on where there is a collector', () => {
    expect(tracingOf(endpoint)).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      protocol: 'http/protobuf',
      attributes: { 'service.name': 'parley-ingester' },
      sampling: { ratio: 1, followsCaller: true },
    });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://o.example/base/' }, 'https://o.example/base/v1/traces'],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://o.example/spans' }, 'http://o.example/spans'],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
  ])('goes where %j says', (environment, url) => {
    expect(tracingOf(environment)).toMatchObject({ url });
  });

  it('has headers and attributes, and a name that wins over them', () => {
    const environment = {
      ...endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc%3D%3D, x-scope = a=b',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=caf%C3%A9,',
    };
    const attributes = { 'service.name': 'other', 'deployment.environment.name': 'café' };
    expect(tracingOf(environment)).toMatchObject({
      headers: { authorization: 'Basic abc==', 'x-scope': 'a=b' },
      attributes,
    });
    expect(tracingOf({ ...environment, OTEL_SERVICE_NAME: 'mine' })).toMatchObject({
      attributes: { ...attributes, 'service.name': 'mine' },
    });
  });

  it.each([
    ['parentbased_always_off', undefined, { ratio: 0, followsCaller: true }],
    ['always_on', '0.1', { ratio: 1, followsCaller: false }],
    ['traceidratio', '0.25', { ratio: 0.25, followsCaller: false }],
    ['parentbased_traceidratio', undefined, { ratio: 1, followsCaller: true }],
  ])('keeps by %s with %s', (sampler, argument, sampling) => {
    const environment = { ...endpoint, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(tracingOf(environment)).toMatchObject({ sampling });
  });

  it('says what is wrong and shows no value', () => {
    const problems = tracingOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:cAnArY@collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'cAnArY',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_SDK_DISABLED: 'yes',
      OTEL_RESOURCE_ATTRIBUTES: 'cAnArY=%E0%A4',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: '1.5',
    }) as string[];
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'],
      ...['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_TRACES_EXPORTER', 'OTEL_SDK_DISABLED', 'OTEL_RESOURCE_ATTRIBUTES'],
      ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
    ]);
    expect(problems.join()).not.toContain('cAnArY');
  });

  it('cannot carry in a header what is more than a line', () => {
    expect(tracingOf({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'x=a%0d%0ab:c' })).toEqual([
      expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS must be'),
    ]);
  });
});
