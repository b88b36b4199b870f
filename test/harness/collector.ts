import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { freePort } from './free-port.js';

/** As OTLP numbers them: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const spanKinds = { 1: 'internal', 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer' } as const;
const errorStatus = 2;

const attributesSchema = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])));
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.literal([1, 2, 3, 4, 5]).transform((kind) => spanKinds[kind]),
  attributes: attributesSchema,
  status: z.object({ code: z.int().default(0), message: z.string().optional() }).default({ code: 0 }),
});
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

export interface CollectedSpan extends Omit<z.infer<typeof spanSchema>, 'status'> {
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

/** A collector that takes OTLP over HTTP as JSON. */
export class Collector {
  /** `refuses`: as one that does not like them; `hangs`: never answers. */
  mode: 'takes' | 'refuses' | 'hangs' = 'takes';
  readonly spans: CollectedSpan[] = [];
  /** As they came, taken or not. */
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];

  private readonly hung: ServerResponse[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Collector> {
    const port = await freePort();
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        collector.bodies.push(body);
        collector.headers.push(request.headers);
        if (collector.mode === 'hangs') {
          collector.hung.push(response);
          return;
        }
        const isTaken = collector.mode === 'takes' && request.url === '/v1/traces';
        if (isTaken) collector.spans.push(...spansIn(body));
        response.writeHead(isTaken ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const collector = new Collector(`http://127.0.0.1:${port}`, server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  /** What there is of a trace so far. */
  trace(traceId: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    for (const response of this.hung) response.end('{}');
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

export function spansIn(body: string): CollectedSpan[] {
  return exportSchema.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ status, ...span }) => ({
        ...span,
        resource: resource.attributes,
        service: String(resource.attributes['service.name']),
        isError: status.code === errorStatus,
      })),
  );
}

/** A line for each span: from its oldest to itself, as `service kind name`. */
export function pathsOf(spans: readonly CollectedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: CollectedSpan): string => {
    const parent = byId.get(span.parentSpanId ?? '');
    const own = `${span.service.replace('parley-', '')} ${span.kind} ${span.name}`;
    return parent === undefined ? own : `${pathOf(parent)} > ${own}`;
  };
  return spans.map(pathOf);
}
