// The control of accept.bench: what every receiver of webhooks must do, and nothing else. It keeps nothing.
import { createServer } from 'node:http';

const { createLogger } = await import('../dist/libs/observability/src/index.js');
const { facebook } = await import('../dist/libs/channels/facebook/src/index.js');

const logger = createLogger({ app: 'control' });
const { connector } = facebook.configure(process.env);
const channel = {
  workspaceId: '0192f0c1-3b5a-7c3d-8e4f-000000000001',
  channelId: '0192f0c1-3b5a-7c3d-8e4f-000000000002',
  sourceChannelId: '108200000000001',
  appId: connector.ownApp.appId,
};

const server = createServer((request, reply) => {
  const began = performance.now();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const rawBody = Buffer.concat(chunks);
    const { webhook, ownApp } = connector;
    const isOurs = webhook.isAuthentic(rawBody, request.headers, ownApp.secrets[0]);
    const receivedAt = new Date().toISOString();
    const events = webhook.readBody(rawBody).items.map((item) => webhook.normalise(item, channel, receivedAt));
    const kept = events.map((event) => JSON.stringify(event));
    reply.writeHead(isOurs && kept.length > 0 ? 200 : 403, { 'Content-Type': 'text/plain; charset=utf-8' });
    reply.end(webhook.acknowledgement);
    logger.info(
      { method: 'POST', route: request.url, status: reply.statusCode, ms: performance.now() - began },
      'request',
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${String(server.address().port)}` });
});
process.once('SIGTERM', () => process.exit(0));
