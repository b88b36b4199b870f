import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, noTracing, type Logger, type Tracing } from '#libs/observability';
import { logAnswered, type AnsweredRequest } from './access-log.js';
import { installBodyParser } from './body/install-body-parser.js';
import { DrainingAdapter } from './draining-adapter.js';
import { isEndless } from './endless-answer.js';
import { answerUnroutable, refuseMalformed } from './problem/malformed-request.js';
import { KnownRoutes } from './problem/known-routes.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';
import { traceRequest } from './trace-request.js';
import { Upgrades } from './upgrade/upgrades.js';
import { createValidationPipe } from './validation-pipe.js';

export interface HttpApplicationOptions {
  readonly logger: Logger;
  /** Default: off. */
  readonly tracing?: Tracing;
  /** Origins of browsers that may call with credentials (PARLEY_ALLOWED_ORIGINS). */
  readonly allowedOrigins?: readonly string[];
  /** Bytes of the body of a call; default 1 MiB. */
  readonly callBodyLimit?: number;
  /** Bytes of a body that is taken raw; default 4 MiB. */
  readonly rawBodyLimit?: number;
  /** Told when an answer has ended; streams are left out. */
  readonly answered?: (request: AnsweredRequest) => void;
  /** Within which a request must have come in completely; default 30 s. */
  readonly requestTimeoutMs?: number;
}

const MIB = 1024 * 1024;
const exposedHeaders = ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Idempotent-Replayed'];

/** The application as every process serves it; it listens when its `main` says so, and `main` decides about signals. */
export async function createHttpApplication(
  module: Type | DynamicModule,
  options: HttpApplicationOptions,
): Promise<NestFastifyApplication> {
  const { logger, allowedOrigins = [] } = options;
  const adapter = createAdapter(options);
  adapter.upgrades = new Upgrades(adapter.getInstance().server, { logger, allowedOrigins });
  const routes = new KnownRoutes();
  // before Nest is made: hooks see only what is registered after them
  prepareServer(adapter, routes, options);
  const application = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  application.useGlobalFilters(new ProblemFilter(logger, routes));
  application.useGlobalPipes(createValidationPipe());
  if (allowedOrigins.length > 0) allowOrigins(application, new Set(allowedOrigins));
  return application;
}

function createAdapter({ requestTimeoutMs = 30_000, rawBodyLimit = 4 * MIB }: HttpApplicationOptions): DrainingAdapter {
  return new DrainingAdapter({
    // close() would wait for ever for an open stream
    forceCloseConnections: true,
    // a parameter longer than any id of ours is not found, it is not malformed
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    bodyLimit: rawBodyLimit,
    requestTimeout: requestTimeoutMs,
    // longer than the 60 s of common load balancers, so that they close idle connections, not we
    keepAliveTimeout: 72_000,
    http: {
      // Node swaps the two time-outs when this one is the longer
      headersTimeout: Math.min(requestTimeoutMs, 10_000),
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 5_000),
    },
    requestIdHeader: false,
    genReqId: requestIdOf,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: refuseMalformed,
    return503OnClosing: false,
    multipart: false,
    // no Nest middleware here: guards see what the router has matched, middleware does not
    skipMiddie: true,
  });
}

function prepareServer(adapter: DrainingAdapter, routes: KnownRoutes, options: HttpApplicationOptions): void {
  const server = adapter.getInstance();
  const { tracing = noTracing } = options;
  // the adapter's own hook is the first of all: what CORS answers comes by here too
  adapter.setOnRequestHook((request, reply, done) => {
    const { routeOptions: route } = request;
    // a stream is hijacked and has only Node's own response; for all others Node would put the headers together one by one
    if (isEndless(route.config)) reply.raw.setHeader(REQUEST_ID_HEADER, request.id);
    else void reply.header(REQUEST_ID_HEADER, request.id);
    const place = adapter.follow(reply);
    if (tracing.isOn) traceRequest(request, reply, tracing);
    // not Fastify's onResponse: this also comes for streams that Fastify has given out of its hands. One listener for all: each costs
    reply.raw.on('close', () => {
      adapter.forget(place);
      logAnswered({ request, reply, route, elapsedMs: performance.now() - place.sinceMs }, options);
    });
    done();
  });
  installBodyParser(server, { call: options.callBodyLimit ?? MIB, raw: options.rawBodyLimit ?? 4 * MIB });
  routes.watch(server);
}

/** A list names origins; `*` and `null` are none, whoever put them there. */
function allowOrigins(application: NestFastifyApplication, origins: ReadonlySet<string>): void {
  application.enableCors({
    origin: (origin, decide) => {
      decide(null, origin !== undefined && origin !== 'null' && origins.has(origin));
    },
    credentials: true,
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders,
    maxAge: 600,
  });
}
