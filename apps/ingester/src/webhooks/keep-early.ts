import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ChannelConnector, SourceApp } from '#libs/channels/kit';
import type { EarlyAnswer, EarlyWork } from '#libs/http';
import { readTraceparent, type Logger } from '#libs/observability';
import { openSpool, type OpenSpool, type SpoolOptions } from './open-spool.js';
import { packWebhook } from './verified-webhook.js';

/** As the door itself takes. */
const bodyBytesMax = 4 * 1_048_576;

/**
 * An ingester that was started while PostgreSQL is away keeps what the configured app has signed; who else may sign only the
 * database knows. Null: the spool is off, nothing can be kept.
 */
export async function keepEarly(
  connectors: readonly ChannelConnector[],
  options: SpoolOptions,
  logger: Logger,
): Promise<EarlyWork | null> {
  if (options.maxBytes === 0) return null;
  const spool = await openSpool(options, logger);
  return {
    answer: (request) => keep(connectors, spool, request),
    waits: () =>
      `The spool keeps what the configured app signs until then; it holds ${spool.queue?.records ?? 0} webhooks.`,
    close: async () => {
      const webhooks = spool.queue?.records ?? 0;
      await spool.close();
      if (webhooks > 0)
        logger.warn({ webhooks }, 'webhooks wait in the spool until this process brings them to the log');
    },
  };
}

/** Null: not to be kept here, so it is answered 503. Resolved: durable. */
async function keep(
  connectors: readonly ChannelConnector[],
  spool: OpenSpool,
  request: IncomingMessage,
): Promise<EarlyAnswer | null> {
  const [path = ''] = (request.url ?? '').split('?');
  const connector = connectors.find((one) => request.method === 'POST' && isDoorOf(one, path));
  if (connector?.ownApp === null || connector === undefined) return null;
  const rawBody = await readBody(request);
  if (rawBody === null || !hasSigned(connector.ownApp, connector, rawBody, request)) return null;
  const receivedAt = new Date();
  const origin = { requestId: randomUUID(), traceparent: readTraceparent(request.headers['traceparent']) };
  const webhook = { source: connector.source, appId: connector.ownApp.appId, rawBody, ...origin };
  await spool.queue?.put(packWebhook({ ...webhook, receivedAt: receivedAt.toISOString() }), receivedAt);
  return { text: connector.webhook.acknowledgement, requestId: webhook.requestId };
}

function isDoorOf({ source, webhook }: ChannelConnector, path: string): boolean {
  const own = `/webhooks/${source}`;
  return path === own || path.startsWith(`${own}/`) || webhook.extraPaths.includes(path);
}

function hasSigned(
  app: SourceApp,
  { webhook }: ChannelConnector,
  rawBody: Buffer,
  { headers }: IncomingMessage,
): boolean {
  return app.secrets.some((secret) => webhook.isAuthentic(rawBody, headers, secret));
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
