// The control of kafka-accept.bench: the least that a receiver of webhooks on Kafka does. Signature, parse, an id for the key, and
// an append of as many bytes as ours through one kafkajs producer, one batch in flight; no framework, no log, no answer check.
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers';
import { Kafka, logLevel } from 'kafkajs';

const { facebook } = await import('../dist/libs/channels/facebook/src/index.js');
const { eventRecord } = await import('../dist/libs/conversations/src/index.js');

const { CONTROL_TOPIC: topic, FACEBOOK_APP_SECRET: secret, KAFKA_BROKERS: brokers } = process.env;
const partitions = Number(process.env.CONTROL_PARTITIONS);
const workspaceId = '0192f0c1-3b5a-7c3d-8e4f-000000000001';
const channelId = '0192f0c1-3b5a-7c3d-8e4f-000000000002';
const padding = 'x'.repeat(lengthOfOurs());
const headers = {
  'event-type': 'message.received',
  'schema-version': '1.0',
  'request-id': '0192f0c1-3b5a-7c3d-8e4f-000000000003',
  'workspace-id': workspaceId,
};

const kafka = new Kafka({ clientId: 'control', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  idempotent: false,
  allowAutoTopicCreation: false,
  createPartitioner:
    () =>
    ({ message }) =>
      message.partition,
});
await producer.connect();

let waiting = [];
let isFlushing = false;

/** What comes while a send is under way goes out with the next one. */
async function flush() {
  isFlushing = true;
  await new Promise(setImmediate);
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages: batch.map(({ message }) => message) }] });
    for (const { stored } of batch) stored();
  }
  isFlushing = false;
}

function append(message) {
  return new Promise((stored) => {
    waiting.push({ message, stored });
    if (!isFlushing) void flush();
  });
}

const server = createServer((request, reply) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const rawBody = Buffer.concat(chunks);
    const signature = Buffer.from(request.headers['x-hub-signature-256'].slice('sha256='.length), 'hex');
    const isOurs = timingSafeEqual(signature, createHmac('sha256', secret).update(rawBody).digest());
    const text = rawBody.toString();
    const [{ messaging }] = JSON.parse(text).entry;
    const contact = hash('sha1', `${channelId}${messaging[0].sender.id}`, 'hex');
    const key = `${contact.slice(0, 8)}-${contact.slice(8, 12)}-${contact.slice(12, 16)}-${contact.slice(16, 20)}-${contact.slice(20, 32)}`;
    const partition = hash('sha1', key, 'buffer').readUInt32BE(0) % partitions;
    const value = text + padding.slice(text.length);
    void append({ key, value, headers, partition }).then(() => {
      reply.writeHead(isOurs ? 200 : 403, { 'Content-Type': 'text/plain; charset=utf-8' });
      reply.end('EVENT_RECEIVED');
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${String(server.address().port)}` });
});
process.once('SIGTERM', () => process.exit(0));

/** Of the record that the product makes of such a body. */
function lengthOfOurs() {
  const { connector } = facebook.configure(process.env);
  const body = Buffer.from(process.env.CONTROL_SAMPLE, 'base64');
  const { items } = connector.webhook.readBody(body);
  const channel = { workspaceId, channelId, sourceChannelId: items[0].sourceChannelId, appId: connector.ownApp.appId };
  return eventRecord(connector.webhook.normalise(items[0], channel, new Date().toISOString())).value.length;
}
