import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsDoorOptions {
  readonly host: string;
  readonly port: number;
  /** Takes a free port when this one is taken. */
  readonly mayMove: boolean;
  /** The exposition text. */
  readonly page: () => Promise<string>;
}

export interface MetricsDoor {
  readonly url: string;
  /** Another port than was asked for. */
  readonly hasMoved: boolean;
  close(): Promise<void>;
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** `GET /metrics` on a port of its own: what an operator's network may see and the public must not. */
export async function openMetricsDoor(options: MetricsDoorOptions): Promise<MetricsDoor> {
  const server = createServer((request, response) => void answer(request, response, options.page));
  const listen = async (port: number): Promise<void> => {
    server.listen(port, options.host);
    await once(server, 'listening');
  };
  const hasMoved = await listen(options.port).then(
    () => false,
    async (error: unknown) => {
      if (!isTaken(error)) throw error;
      if (!options.mayMove) throw taken(options, error);
      await listen(0);
      return true;
    },
  );
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}/metrics`,
    hasMoved,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  page: MetricsDoorOptions['page'],
): Promise<void> {
  const [path] = url.split('?');
  if (path !== '/metrics') {
    end(response, 404, 'Only /metrics is here.\n');
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    end(response.setHeader('Allow', 'GET, HEAD'), 405, 'Use GET.\n');
    return;
  }
  try {
    const text = await page();
    response.setHeader('Content-Type', contentType);
    end(response, 200, text);
  } catch {
    end(response, 500, 'The metrics could not be collected.\n');
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function taken({ host, port }: MetricsDoorOptions, cause: unknown): Error {
  return new Error(
    `METRICS_PORT ${port} is already in use on ${host}: set METRICS_PORT to a free port, or to 0 to turn /metrics off.`,
    { cause },
  );
}
