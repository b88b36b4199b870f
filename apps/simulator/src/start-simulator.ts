import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { withoutVersion } from './graph/graph-request.js';
import { createLogger } from './logger.js';
import { SimulatorModule } from './simulator.module.js';
import { DEMO_OPTIONS, type SimulatorOptions } from './simulator.options.js';
import { SettingsStore } from './world/settings.store.js';

export interface RunningSimulator {
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT = 8 * 1024 * 1024;

/** What is not given is the demo app's, on a free port. */
export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<RunningSimulator> {
  const chosen: SimulatorOptions = { ...DEMO_OPTIONS, ...options };
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // Hanging answers would keep close() waiting for ever.
    forceCloseConnections: true,
    rewriteUrl: (request: IncomingMessage) => withoutVersion(request.url ?? '/'),
  });
  const module = SimulatorModule.register(chosen, createLogger(chosen.logLevel));
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  keepBodiesRaw(app);
  addGraphHeaders(app);
  await app.listen(chosen.port, chosen.host);
  return { url: urlOf(app, chosen.host), close: () => app.close() };
}

/** Each route reads its own body: Graph takes JSON and forms, the control calls JSON under any name. */
function keepBodiesRaw(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
}

function addGraphHeaders(app: NestFastifyApplication): void {
  const settings = app.get(SettingsStore);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('date', new Date(settings.now()).toUTCString());
    if (!request.url.startsWith('/control/')) void reply.headers(settings.current.usage_headers);
    done();
  });
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address: unknown = app.getHttpServer().address();
  const { port } = address as { port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
