import { randomBytes } from 'node:crypto';
import type { Channel, Message } from '#libs/messaging';
import { copyCold } from '../harness/cold-copy.js';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { openMovingAddress, type MovingAddress } from '../harness/moving-address.js';
import { present } from '../harness/only.js';
import { startOwnPostgres, type OwnPostgres } from '../harness/own-postgres.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles } from '../harness/role-environment.js';
import type { SimulatedPage } from '../harness/simulator.client.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';

const app = { appId: '290000000000099', appSecret: 'restore-app-secret', verifyToken: 'restore-verify-token' };
const apiKey = randomBytes(24).toString('hex');
const encryptionKey = randomBytes(32).toString('base64');

/** The server of all roles is stopped, its data are put back to a cold copy, and it is started again. */
describe('a PostgreSQL that was put back from a backup', () => {
  const started = new Map<string, StartedProcess>();
  const home = makeHome();
  let postgres: OwnPostgres;
  let address: MovingAddress;
  let simulator: StartedSimulator;
  let page: SimulatedPage;
  let channel: Channel;

  const environment = (): NodeJS.ProcessEnv =>
    roleEnvironment({
      ...{ databaseUrl: address.urlOf(postgres.url), home, apiKey, encryptionKey, app },
      graphUrl: simulator.client.url,
    });
  const urlOf = (role: string): string => present(started.get(role), role).url;
  const client = (): ParleyClient => new ParleyClient(urlOf('channels'), apiKey);
  const webhooks = new WebhookClient(() => urlOf('ingester'), app.appSecret);
  const startRoles = async (): Promise<void> => {
    await Promise.all(roles.map(async (role) => started.set(role, await startBundle(role, environment()))));
    await simulator.client.subscribe(`${urlOf('ingester')}/webhooks/facebook`, app.verifyToken);
  };
  const stopRoles = async (): Promise<void> => {
    await Promise.all([...started.values()].map((role) => role.stop()));
    started.clear();
  };
  const startPostgres = async (home?: string): Promise<void> => {
    postgres = await startOwnPostgres(home === undefined ? {} : { home });
    address.moveTo(postgres.url);
  };
  /** Ends it, and begins again on its data after something was done to them. */
  const whileStopped = async <Result>(work: () => Result): Promise<Result> => {
    await postgres.stop();
    const result = work();
    await startPostgres(postgres.home);
    return result;
  };
  const newConversation = async (): Promise<string> => {
    const psid = await simulator.client.createCustomer(page.page_id, newPsid());
    const mid = newMid();
    await retried(() => webhooks.deliverText({ pageId: page.page_id, psid, text: 'hello', mid }));
    const message = await waitFor('the message', () => client().messageByMid(channel.id, mid), 20_000);
    return message.conversation_id;
  };
  /** Until the roles have their connections again. */
  const retried = <Result>(work: () => Promise<Result>): Promise<Result> =>
    waitFor('a call to be taken', async () => ({ result: await work() }), 20_000).then(({ result }) => result);
  const stateOf = async ({ id }: Message): Promise<string> => (await retried(() => client().message(id))).state;
  /** A lane whose sender lost its database in mid-turn is free after 30 s. */
  const waitForState = (message: Message, state: string): Promise<boolean> =>
    waitFor(`the message to be ${state}`, async () => (await stateOf(message)) === state, 45_000);
  const acceptedFor = async ({ id }: Message): Promise<number> =>
    (await simulator.client.sendsOf(id)).filter(({ outcome }) => outcome === 'accepted').length;
  /** A send that waits for a new token. */
  const waitingSend = async (): Promise<Message> => {
    const conversationId = await newConversation();
    page = await simulator.client.renewTokens(page.page_id);
    const waiting = await client().sendText(conversationId, 'waits for a token');
    await waitFor('the channel to need a token', async () => {
      return (await client().channelInfo(channel.id)).health.state === 'reauth_required';
    });
    return waiting;
  };
  const connect = (): Promise<Channel> =>
    retried(() => client().connect({ page_id: page.page_id, page_token: page.page_token }));
  const openLive = async (): Promise<StreamReader> => {
    const stream = await retried(() => client().stream());
    return stream;
  };

  beforeAll(async () => {
    address = await openMovingAddress();
    simulator = await startSimulator(app);
    await simulator.client.change({ echo: 'off', delivery: 'off' });
    await startPostgres();
    await startInVain('migrate', environment());
    await startRoles();
    page = await simulator.client.createPage();
    channel = await connect();
  }, 60_000);

  afterAll(async () => {
    await killStarted();
    await postgres.stop();
    await address.close();
    removeHomes();
  });

  it('is noticed by the roles that run: streams begin anew, what waited is unknown and not sent again', async () => {
    const waiting = await waitingSend();
    const backup = await whileStopped(() => copyCold(postgres.dataDirectory));
    await connect();
    await waitForState(waiting, 'sent');
    const stream = await openLive();
    await newConversation();
    await waitFor('an update', () => stream.updates.length > 0);

    await whileStopped(() => {
      backup.putBack();
    });
    await waitFor('the stream to be cut', () => !stream.isOpen, 20_000);
    const again = await retried(() => client().stream({ lastEventId: stream.lastId }));
    await waitFor('the stream to be told', () => again.isExpired);
    await connect();
    await waitForState(waiting, 'unknown');
    const conversationId = await newConversation();
    await waitFor('live updates', () => again.created.some(({ conversation_id: id }) => id === conversationId));
    const sent = await client().sendText(conversationId, 'goes out');
    await waitForState(sent, 'sent');
    expect([await acceptedFor(waiting), await acceptedFor(sent)]).toEqual([1, 1]);
    const resent = await client().call('messages.resend', { message_id: waiting.id });
    expect(resent.status).toBe(200);
    await waitForState(waiting, 'sent');
    expect(await acceptedFor(waiting)).toBe(2);
    again.close();
  }, 90_000);

  it('that nobody saw is declared by npm run recover, before the roles are started', async () => {
    const waiting = await waitingSend();
    const backup = await whileStopped(() => copyCold(postgres.dataDirectory));
    await connect();
    await waitForState(waiting, 'sent');
    await stopRoles();
    await whileStopped(() => {
      backup.putBack();
    });
    const { exit, output } = await startInVain('recover', environment());
    expect({ code: exit.code, output }).toEqual({ code: 0, output: expect.stringContaining('1 sends') as string });
    await startRoles();
    await connect();
    await waitForState(waiting, 'unknown');
    expect(await acceptedFor(waiting)).toBe(1);
  }, 90_000);
});
