import { randomBytes } from 'node:crypto';
import { GraphServer } from '../../apps/channels/test/graph-server.js';
import { apiKeyStore, workspaceStore } from '#libs/database';
import { uuid7, type Channel } from '#libs/messaging';
import { createApiKey, hashApiKey } from '#libs/security';
import { expectProblem, type Answer } from '../harness/answer.js';
import { withDatabase } from '../harness/embedded-database.js';
import { envelope, newMid, newPsid, textItem } from '../harness/facebook-items.js';
import { present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { facebookJson, signatureOf } from '../harness/sign-webhook.js';
import { killStarted, type StartedProcess } from '../harness/start-bundle.js';
import { startParley } from '../harness/start-parley.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const OWN_APP = '1001';
const THEIR_APP = '2002';
const OWN_SECRETS = ['own-secret-current', 'own-secret-previous'] as const;
const THEIR_SECRETS = ['their-secret-1', 'their-secret-2', 'their-secret-3'] as const;

describe('several apps of Facebook in one installation', () => {
  const home = makeHome();
  const apiKey = `e2e-api-key-${randomBytes(18).toString('hex')}`;
  let graph: GraphServer;
  let parley: StartedProcess;
  let ours: ParleyClient;
  let theirs: ParleyClient;
  let webhooks: WebhookClient;
  let ourChannel: Channel;
  let theirChannel: Channel;

  const addWorkspace = async (): Promise<ParleyClient> => {
    const [id, key] = [uuid7(Date.now()), createApiKey()];
    await withDatabase(home, async (database) => {
      await workspaceStore.create(id, database, 'Theirs');
      await apiKeyStore.insert(id, database, {
        id: uuid7(Date.now()),
        name: 'theirs',
        key_sha256: hashApiKey(key),
        scopes: ['admin'],
        rate_limit: null,
        expires_at: null,
      });
    });
    return new ParleyClient(parley.url, key);
  };
  const register = (client: ParleyClient, secret: string, pageId = '22'): Promise<Answer> =>
    client.call('channels.facebook.connect', {
      page_id: pageId,
      page_token: `page-${pageId}`,
      app_id: THEIR_APP,
      app_secret: secret,
      verify_token: 'their-verify-token',
    });
  const post = (
    pageId: string,
    secret: string,
    { mid = newMid(), path = '/webhooks/facebook' } = {},
  ): Promise<Answer> => {
    const body = facebookJson(envelope(pageId, [textItem({ pageId, psid: newPsid(), text: 'hello', mid })]));
    return webhooks.post(body, { path, signature: signatureOf(body, secret) });
  };
  const expectTaken = async (client: ParleyClient, channel: Channel, secret: string, path?: string): Promise<void> => {
    const mid = newMid();
    const place = path === undefined ? { mid } : { mid, path };
    expect((await post(channel.source_channel_id, secret, place)).status).toBe(200);
    await waitFor('the message', () => client.messageByMid(channel.id, mid));
  };
  const handshake = async (path: string, token: string): Promise<number> => {
    const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '1' });
    return (await ours.raw(`${path}?${query.toString()}`, { method: 'GET' })).status;
  };
  const unroutedReasons = (mid: string): Promise<string[]> =>
    withDatabase(home, async (database) => {
      const rows = await database.query<{ value: string }>(
        `select value from log_records where topic = 'channel.unrouted' and position($1 in value) > 0`,
        [mid],
      );
      return rows.map(({ value }) => (JSON.parse(value) as { reason: string }).reason);
    });

  beforeAll(async () => {
    graph = await GraphServer.start();
    parley = await startParley({
      home,
      apiKey,
      appId: OWN_APP,
      appSecret: OWN_SECRETS.join(','),
      verifyToken: 'own-verify-token',
      graphUrl: graph.url,
    });
    ours = new ParleyClient(parley.url, apiKey);
    theirs = await addWorkspace();
    webhooks = new WebhookClient(() => parley.url, OWN_SECRETS[0]);
    ourChannel = await ours.connect({ page_id: '11', page_token: 'page-11' });
    theirChannel = JSON.parse((await register(theirs, THEIR_SECRETS[0])).text) as Channel;
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    removeHomes();
    await graph.stop();
  });

  it.each(OWN_SECRETS)('takes what our app has signed with %s', async (secret) => {
    await expectTaken(ours, ourChannel, secret);
    await expectTaken(ours, ourChannel, secret, '/facebook');
    await expectTaken(ours, ourChannel, secret, `/webhooks/facebook/${ourChannel.id}`);
  });

  it('takes what their app has signed for their page', async () => {
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[0]);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[0], `/webhooks/facebook/${theirChannel.id}`);
  });

  it.each<[string, () => [string, string]]>([
    ['their app has signed for our page', () => ['11', THEIR_SECRETS[0]]],
    ['our app has signed for their page', () => ['22', OWN_SECRETS[0]]],
  ])('keeps what %s, and shows it to nobody (interleaving 12)', async (_, placed) => {
    const [pageId, secret] = placed();
    const mid = newMid();
    const answer = await post(pageId, secret, { mid });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: 'EVENT_RECEIVED' });
    expect(await unroutedReasons(mid)).toEqual(['foreign_app']);
    // what came after it is there: so would it be
    await expectTaken(ours, ourChannel, OWN_SECRETS[0]);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[0]);
    for (const [client, { id }] of [
      [ours, ourChannel],
      [theirs, theirChannel],
    ] as const) {
      const found = await client.call('messages.info', { channel_id: id, source_message_id: mid });
      expectProblem(found, 404, 'not_found');
    }
  });

  it('lets a channel’s URL choose the app: another one’s signature is no right one there (interleaving 12)', async () => {
    const path = `/webhooks/facebook/${theirChannel.id}`;
    expectProblem(await post('22', OWN_SECRETS[0], { path }), 403, 'signature_invalid');
  });

  it.each([
    ['/webhooks/facebook', 'nobody’s', 403],
    ['/webhooks/facebook', 'own-verify-token', 200],
    ['/webhooks/facebook', 'their-verify-token', 200],
    ['theirs', 'their-verify-token', 200],
    ['theirs', 'own-verify-token', 403],
  ])('the handshake on %s with %s is %i', async (place, token, status) => {
    const path = place.replace('theirs', `/webhooks/facebook/${theirChannel.id}`);
    expect(await handshake(path, token)).toBe(status);
  });

  it('keeps the previous secret while a new one is given, and no older one', async () => {
    expect((await register(theirs, THEIR_SECRETS[1])).status).toBe(200);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[1]);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[0]);
    expect((await register(theirs, THEIR_SECRETS[2])).status).toBe(200);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[2]);
    await expectTaken(theirs, theirChannel, THEIR_SECRETS[1]);
    await waitFor('the oldest to be refused', async () => (await post('22', THEIR_SECRETS[0])).status === 403);
  });

  it('is registered in one workspace only, and not by a connect that Facebook refuses', async () => {
    expectProblem(await register(ours, 'whatever', '34'), 409, 'page_taken');
    graph.refusals.set('GET debug_token', { status: 400, code: 190 });
    const app = { app_id: '3003', app_secret: 'not-its-secret', page_id: '33', page_token: 'page-33' };
    expectProblem(await theirs.call('channels.facebook.connect', app), 422, 'graph_refused');
    graph.refusals.clear();
    expectProblem(await post('33', 'not-its-secret'), 403, 'signature_invalid');
    const channel = await ours.connect({ ...app, app_secret: 'its-secret', verify_token: 'its-verify-token' } as {
      page_id: string;
      page_token: string;
    });
    await expectTaken(ours, present(channel, 'the channel'), 'its-secret');
    expect(await handshake('/webhooks/facebook', 'its-verify-token')).toBe(200);
    expect(await handshake(`/webhooks/facebook/${channel.id}`, 'its-verify-token')).toBe(200);
  });
});
