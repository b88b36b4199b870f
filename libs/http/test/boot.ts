import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '#libs/observability';
import { createHttpApplication, type HttpApplicationOptions } from '../src/index.js';

export interface Booted {
  readonly url: string;
  readonly application: NestFastifyApplication;
  readonly lines: string[];
  records(): Record<string, unknown>[];
  call(path: string, init?: RequestInit): Promise<Response>;
  /** The answer's status and body, when it is JSON. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }>;
  close(): Promise<void>;
}

export async function boot(
  module: Type,
  options: Omit<HttpApplicationOptions, 'logger'> & { level?: 'debug' | 'info' } = {},
): Promise<Booted> {
  const lines: string[] = [];
  const logger = createLogger({
    app: 'test',
    level: options.level ?? 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const application = await createHttpApplication(module, { ...options, logger });
  await application.listen(0, '127.0.0.1');
  const url = await application.getUrl();
  return {
    url,
    application,
    lines,
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    call: (path, init) => fetch(`${url}${path}`, init),
    ask: async (path, init) => {
      const answer = await fetch(`${url}${path}`, init);
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    },
    close: () => application.close(),
  };
}

export const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** Waits until the condition holds; fails after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let left = 200; !condition(); left -= 1) {
    if (left === 0) throw new Error('The condition did not come true.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
