import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { openDataSource, openPgDatabase } from '#libs/database';
import type { Conversation } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask } from '../harness/answer.js';
import { envelope, newMid, newPsid, textItem } from '../harness/facebook-items.js';
import { alarms, logLines, type LogLine } from '../harness/log-lines.js';
import { at, only, present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles, type Role } from '../harness/role-environment.js';
import { facebookJson, signatureOf } from '../harness/sign-webhook.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

const app = { appId: '290000000000099', appSecret: 'lines-app-secret-0123456789', verifyToken: 'lines-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const CANARY = 'cAnArY words';
const WEBHOOK = 'webhook-from-the-edge-1';
const SEND = 'send-from-the-inbox-1';

describe('the lines of all roles', () => {
  const started = new Map<Role, StartedProcess>();
  const home = makeHome();
  let database: TestDatabase;
  let simulator: StartedSimulator;
  let pageId: string;
  let conversation: Conversation;

  const processOf = (role: Role): StartedProcess => present(started.get(role), role);
  const client = (): ParleyClient => new ParleyClient(processOf('channels').url, apiKey);
  const linesOf = (role: Role, requestId: string): readonly LogLine[] =>
    logLines(processOf(role).output()).filter(({ request_id }) => request_id === requestId);
  const lineOf = (role: Role, requestId: string, msg: string): Promise<LogLine> =>
    waitFor(`"${msg}" of ${role}`, () => linesOf(role, requestId).find((line) => line.msg === msg));

  async function deliver(psid: string, requestId: string, secret = app.appSecret): Promise<number> {
    const body = facebookJson(envelope(pageId, [textItem({ pageId, psid, text: CANARY, mid: newMid() })]));
    const headers = {
      'content-type': 'application/json',
      'x-hub-signature-256': signatureOf(body, secret),
      'x-request-id': requestId,
    };
    return (await ask(`${processOf('ingester').url}/webhooks/facebook`, { method: 'POST', headers, body })).status;
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator(app);
    const encryptionKey = randomBytes(32).toString('base64');
    const settings = { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: simulator.client.url };
    const env = roleEnvironment(settings, { LOG_LEVEL: 'debug' });
    await startInVain('migrate', env);
    await Promise.all(
      roles.map(async (role) => {
        started.set(role, await startBundle(role, env));
      }),
    );
    await simulator.client.subscribe(`${processOf('ingester').url}/webhooks/facebook`, app.verifyToken);
    const page = await simulator.client.createPage();
    pageId = page.page_id;
    await client().connect({ page_id: pageId, page_token: page.page_token });
    const psid = await simulator.client.createCustomer(pageId, newPsid());
    await deliver(psid, WEBHOOK);
    conversation = await waitFor('the conversation', async () => at((await client().conversations()).data, 0));
  }, 90_000);

  afterAll(async () => {
    await killStarted();
    await database.drop();
    removeHomes();
  });

  it('follow a webhook by its X-Request-Id', async () => {
    const about = {
      request_id: WEBHOOK,
      event_type: 'message.received',
      message_id: conversation.last_message.id,
      conversation_id: conversation.id,
      channel_id: conversation.channel.id,
    };
    expect(await lineOf('ingester', WEBHOOK, 'request')).toMatchObject({ level: 'info', app: 'ingester', status: 200 });
    expect(await lineOf('ingester', WEBHOOK, 'event read')).toMatchObject({ app: 'ingester', ...about });
    expect(await lineOf('projector', WEBHOOK, 'event applied')).toMatchObject({ app: 'projector', ...about });
  });

  it('follow a send by its X-Request-Id, to Graph and back', async () => {
    const { id } = await client().sendText(conversation.id, CANARY, { 'x-request-id': SEND });
    const about = { message_id: id, conversation_id: conversation.id, channel_id: conversation.channel.id };

    expect(await lineOf('channels', SEND, 'request')).toMatchObject({ app: 'channels', route: '/messages.send' });
    expect(await lineOf('channels', SEND, 'send accepted')).toMatchObject({ app: 'channels', ...about });
    expect(await lineOf('sender', SEND, 'send due')).toMatchObject({ app: 'sender', ...about });
    expect(await lineOf('sender', SEND, 'send')).toMatchObject({
      level: 'info',
      app: 'sender',
      ...about,
      outcome: 'accepted',
    });
    expect(await lineOf('projector', SEND, 'event applied')).toMatchObject({ ...about, event_type: 'send.accepted' });
  });

  it('have their id in the headers of every record that came of it', async () => {
    const source = await openDataSource({ url: database.url, poolSize: 1 });
    const rows = await openPgDatabase(source).query<{ topic: string; type: string; id: string }>(
      `select topic, headers::jsonb->>'event-type' as type, headers::jsonb->>'request-id' as id from log_records
       where headers::jsonb->>'request-id' = any($1) order by topic, partition, "offset"`,
      [[WEBHOOK, SEND]],
    );
    await source.destroy();
    expect(rows).toEqual(
      expect.arrayContaining([
        { topic: 'channel.events', type: 'message.received', id: WEBHOOK },
        { topic: 'conversation.updates', type: 'conversation.created', id: WEBHOOK },
        { topic: 'conversation.updates', type: 'message.created', id: WEBHOOK },
        { topic: 'channel.commands', type: 'send-message', id: SEND },
        { topic: 'conversation.updates', type: 'message.created', id: SEND },
        { topic: 'channel.events', type: 'send.accepted', id: SEND },
      ]),
    );
  });

  it('know the id of a send again after it was put off', async () => {
    const psid = await simulator.client.createCustomer(pageId, newPsid());
    await deliver(psid, 'another-webhook');
    const other = await waitFor('the other conversation', async () =>
      (await client().conversations()).data.find(({ source_contact_id }) => source_contact_id === psid),
    );
    await simulator.client.fail({ mode: '429', recipient_id: psid, times: 2 });
    const { id } = await client().sendText(other.id, CANARY, { 'x-request-id': 'put-off-1' });
    expect(await lineOf('sender', 'put-off-1', 'send')).toMatchObject({ message_id: id });
    await waitFor('the send', async () => (await client().message(id)).state !== 'pending', 20_000);
    const outcomes = linesOf('sender', 'put-off-1')
      .filter(({ msg }) => msg === 'send')
      .map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['not_sent', 'not_sent', 'accepted']);
  }, 30_000);

  it('hold nothing at ERROR after ordinary faults', async () => {
    const psid = conversation.source_contact_id;
    expect(await deliver(psid, 'bad-signature', 'another secret')).toBe(403);
    const stream = await client().stream();
    stream.close();
    await breakOff(processOf('channels').url);
    expect((await client().call('messages.send', '{"conversation_id":')).status).toBe(400);
    expect((await client().call('conversations.info', { conversation_id: pageId })).status).toBe(404);
    for (const mode of ['accept_then_500', '500']) {
      await simulator.client.fail({ mode, recipient_id: psid });
      await client().sendText(conversation.id, CANARY, { 'x-request-id': `fault-${mode}` });
      await lineOf('sender', `fault-${mode}`, 'send due');
    }
    await lineOf('sender', 'fault-500', 'send');

    for (const role of roles) expect({ role, alarms: alarms(processOf(role).output()) }).toEqual({ role, alarms: [] });
  }, 30_000);

  it('are JSON with their app, and hold no word of a person', () => {
    for (const role of roles) {
      const output = processOf(role).output();
      expect(output).not.toContain('cAnArY');
      const lines = logLines(output);
      expect(lines.length).toBeGreaterThan(0);
      expect([...new Set(lines.map((line) => line.app))]).toEqual([role]);
    }
    expect(only([...new Set(linesOf('sender', SEND).map(({ request_id }) => request_id))])).toBe(SEND);
  });
});

/** A caller that is gone before it has said all that it announced. */
async function breakOff(url: string): Promise<void> {
  const call = request(new URL('/messages.send', url), { method: 'POST', headers: { 'content-length': '1000' } });
  const gone = new Promise<void>((resolve) => {
    call.on('error', () => undefined);
    call.on('close', resolve);
  });
  call.write('{');
  call.on('socket', (socket) => {
    socket.on('connect', () => call.destroy());
  });
  await gone;
}
