import { randomBytes } from 'node:crypto';
import type { Channel } from '#libs/messaging';
import type { Heard } from './answer.js';
import { withDatabase } from './embedded-database.js';
import { newMid, newPsid } from './facebook-items.js';
import { ParleyClient } from './parley.client.js';
import type { SimulatedPage, SimulatorClient } from './simulator.client.js';
import { killStarted, type Exit, type StartedProcess, type Unready } from './start-bundle.js';
import { startParley, startParleyInVain, type ParleySettings } from './start-parley.js';
import { startSimulator, type StartedSimulator } from './start-simulator.js';
import { databaseFor, dropDatabases } from './product-database.js';
import { makeHome, removeHomes } from './temporary-home.js';
import { WebhookClient } from './webhook.client.js';

export interface ProductOptions {
  readonly appSecret?: string;
  /** Of Parley, over the usual. */
  readonly env?: NodeJS.ProcessEnv;
  /** What is started as Parley. Default: `standalone`. */
  readonly bundle?: string;
  /** Gets everything that Parley answers. */
  readonly heard?: Heard;
}

/** A page of the simulated Facebook that is connected to Parley. */
export interface ConnectedPage {
  readonly page: SimulatedPage;
  readonly channel: Channel;
}

/** A customer who has written to a connected page. */
export interface Chat {
  readonly pageId: string;
  readonly psid: string;
  readonly channelId: string;
  readonly conversationId: string;
}

const APP_ID = '290000000000077';

/** Parley and the simulated Facebook, each a process of its own, on a fresh home. */
export class Product {
  readonly webhooks: WebhookClient;
  private parley: StartedProcess | undefined;
  private outputBefore = '';

  private constructor(
    readonly settings: ParleySettings,
    private readonly simulator: StartedSimulator,
    private readonly heard: Heard | undefined,
  ) {
    this.webhooks = new WebhookClient(() => this.process.url, settings.appSecret, heard);
  }

  static async start(options: ProductOptions = {}): Promise<Product> {
    const { appSecret = `e2e-app-secret-${random()}`, env = {}, heard, bundle = 'standalone' } = options;
    const secrets = { appId: APP_ID, appSecret, verifyToken: `e2e-verify-token-${random()}` };
    const simulator = await startSimulator(secrets);
    const home = makeHome();
    const settings = {
      ...secrets,
      home,
      bundle,
      apiKey: `e2e-api-key-${random()}`,
      graphUrl: simulator.client.url,
      env: { ...(await databaseFor(home)), ...env },
    };
    const product = new Product(settings, simulator, heard);
    await product.startParley();
    return product;
  }

  get home(): string {
    return this.settings.home;
  }

  get facebook(): SimulatorClient {
    return this.simulator.client;
  }

  /** Of the Parley that runs now. */
  get client(): ParleyClient {
    return new ParleyClient(this.process.url, this.settings.apiKey, this.heard);
  }

  get webhookUrl(): string {
    return this.process.url;
  }

  get pids(): readonly number[] {
    return [this.process.pid];
  }

  get process(): StartedProcess {
    if (this.parley === undefined) throw new Error('Parley is not running');
    return this.parley;
  }

  /** Everything that Parley has printed, over all its starts. */
  get output(): string {
    return this.outputBefore + (this.parley?.output() ?? '');
  }

  /** Starts Parley on its home and tells Facebook where it is now. `env` goes over what it had. */
  async startParley(env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.parley = await startParley({ ...this.settings, env: { ...this.settings.env, ...env } });
    await this.facebook.subscribe(`${this.process.url}/facebook`, this.settings.verifyToken);
  }

  startSecondInVain(): Promise<Unready> {
    return startParleyInVain(this.settings);
  }

  async stopParley(): Promise<Exit> {
    const exit = await this.process.stop();
    this.forgetParley();
    return exit;
  }

  /** SIGKILL to Parley, its PostgreSQL and everything below them, and no waiting. */
  killParley(): void {
    this.process.killAll();
    this.forgetParley();
  }

  async connectPage(name = 'Blue Shop', id?: string): Promise<ConnectedPage> {
    const page = await this.facebook.createPage({ name, ...(id === undefined ? {} : { id }) });
    return { page, channel: await this.client.connect({ page_id: page.page_id, page_token: page.page_token }) };
  }

  /** As if Facebook's limit were reached for long: nobody's name is asked for, and nothing is told of it. */
  async leaveContactsAlone(): Promise<void> {
    const sql = "update channels set contacts_paused_until = now() + interval '1 day'";
    await withDatabase(this.home, (database) => database.query(sql));
  }

  /** Lets a new customer write, and waits until the conversation is there. */
  async startChat({ page, channel }: ConnectedPage, text = 'Hello'): Promise<Chat> {
    const pageId = page.page_id;
    const psid = await this.facebook.createCustomer(pageId, newPsid());
    const mid = newMid();
    const stream = await this.client.stream({ query: { channel_id: channel.id } });
    try {
      await this.webhooks.deliverText({ pageId, psid, text, mid });
      const { update } = await stream.waitForMid(mid);
      if (!('conversation_id' in update)) throw new Error('The announcement names no conversation');
      return { pageId, psid, channelId: channel.id, conversationId: update.conversation_id };
    } finally {
      stream.close();
    }
  }

  private forgetParley(): void {
    this.outputBefore = this.output;
    this.parley = undefined;
  }
}

/** Ends all that this suite started and removes its data, also when a start failed halfway. */
export async function stopAll(): Promise<void> {
  await killStarted();
  await dropDatabases();
  removeHomes();
}

function random(): string {
  return randomBytes(18).toString('hex');
}
