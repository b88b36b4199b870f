import { randomBytes } from 'node:crypto';
import { openDataSource, openPgDatabase, type Database } from '#libs/database';
import type { Channel } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newMid, newPsid } from '../harness/facebook-items.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment } from '../harness/role-environment.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import type { Chat } from '../harness/start-product.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';
import { WebhookClient } from '../harness/webhook.client.js';
import { Faulty } from './faulty-product.js';

const app = { appId: '290000000000099', appSecret: 'zombie-app-secret', verifyToken: 'zombie-verify-token' };

export type FaultyRole = 'projector' | 'sender';

/** One process a role on a PostgreSQL of its own; projectors and senders can be told to stop themselves. */
export class RoleWorld {
  readonly webhooks = new WebhookClient(() => this.urlOf('ingester'), app.appSecret);
  private readonly plain = new Map<string, StartedProcess>();
  private readonly apiKey = randomBytes(24).toString('hex');
  private readonly encryptionKey = randomBytes(32).toString('base64');
  private readonly home = makeHome();
  private channel: Channel | undefined;

  private constructor(
    private readonly test: TestDatabase,
    readonly database: Database,
    private readonly simulator: StartedSimulator,
    private readonly notes: string,
  ) {}

  static async start(notes: string): Promise<RoleWorld> {
    const test = await createTestDatabase();
    const database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 2 }));
    const world = new RoleWorld(test, database, await startSimulator(app), notes);
    await startInVain('migrate', world.environment());
    await Promise.all(['ingester', 'channels'].map((role) => world.startPlain(role)));
    const page = await world.facebook.createPage();
    await world.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
    world.channel = await world.client.connect({ page_id: page.page_id, page_token: page.page_token });
    return world;
  }

  get appId(): string {
    return app.appId;
  }

  get facebook(): StartedSimulator['client'] {
    return this.simulator.client;
  }

  get client(): ParleyClient {
    return new ParleyClient(this.urlOf('channels'), this.apiKey);
  }

  async startFaulty(role: FaultyRole): Promise<Faulty> {
    const own = { FAULTY_ROLE: role, FAULTY_POINTS: this.notes };
    return new Faulty(await startBundle('faulty', { ...this.environment(), ...own }));
  }

  /** A customer who has written, once somebody projects. */
  async newChat(): Promise<Chat> {
    if (this.channel === undefined) throw new Error('No page is connected');
    const { id: channelId, source_channel_id: pageId } = this.channel;
    const psid = await this.facebook.createCustomer(pageId, newPsid());
    const mid = newMid();
    await this.webhooks.deliverText({ pageId, psid, text: 'hello', mid });
    const found = await waitFor('the conversation', () => this.client.messageByMid(channelId, mid));
    return { pageId, psid, channelId, conversationId: found.conversation_id };
  }

  /** As if nobody had renewed a lease for long: whoever looks next takes the partitions. */
  async endLeases(): Promise<void> {
    await this.database.query(`update consumer_leases set until = now() - interval '1 second'`);
    await this.database.query(`update consumer_members set until = now() - interval '1 second'`);
  }

  /** As if a send had begun so long ago that its lane and its attempt are given up. */
  async ageSend(conversationId: string): Promise<void> {
    const ago = `now() - interval '121 seconds'`;
    await this.database.query(`update send_attempts set opened_at = ${ago} where conversation_id = $1`, [
      conversationId,
    ]);
    await this.database.query(`update send_lanes set until = ${ago}, next_due = ${ago} where conversation_id = $1`, [
      conversationId,
    ]);
  }

  async attempts(messageId: string): Promise<{ attempt: number; state: string; tries: number }[]> {
    return this.database.query('select attempt, state, tries from send_attempts where message_id = $1', [messageId]);
  }

  async close(): Promise<void> {
    await killStarted();
    await this.database.close();
    await this.test.drop();
  }

  private async startPlain(role: string): Promise<void> {
    this.plain.set(role, await startBundle(role, this.environment()));
  }

  private urlOf(role: string): string {
    return this.plain.get(role)?.url ?? '';
  }

  private environment(): NodeJS.ProcessEnv {
    const { home, apiKey, encryptionKey } = this;
    const graphUrl = this.simulator.client.url;
    return roleEnvironment({ databaseUrl: this.test.url, home, apiKey, encryptionKey, app, graphUrl });
  }
}
