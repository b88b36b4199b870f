import { randomBytes } from 'node:crypto';
import type { Channel } from '#libs/messaging';
import { openMovingAddress, type MovingAddress } from '../harness/moving-address.js';
import { present } from '../harness/only.js';
import { startOwnPostgres, type OwnPostgres } from '../harness/own-postgres.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles, type Role } from '../harness/role-environment.js';
import type { SimulatorClient } from '../harness/simulator.client.js';
import {
  killStarted,
  ourBundles,
  startBundle,
  startInVain,
  type Exit,
  type StartedProcess,
} from '../harness/start-bundle.js';
import type { ConnectedPage } from '../harness/start-product.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { startTestCluster, type TestCluster } from '../harness/test-cluster.js';
import { WebhookClient } from '../harness/webhook.client.js';
import { logFailedStatements } from './siege-database.js';
import type { Stronghold } from './stronghold.js';

/** One process of a role; who is started in its place has its home. */
export interface Guard {
  readonly role: Role;
  readonly home: string;
  readonly process: StartedProcess;
}

/** What everybody stands on. */
interface Ground {
  readonly postgres: OwnPostgres;
  readonly address: MovingAddress;
  /** Undefined: the log is in PostgreSQL. */
  readonly cluster: TestCluster | undefined;
  readonly simulator: StartedSimulator;
}

/** What is here, or what it was built of before. */
export type Release = 'this' | 'earlier';

const verifyToken = 'fortress-verify-token';

interface FortressOptions {
  /** 0: the log is in PostgreSQL. */
  readonly brokers: number;
  /** The bundles of an earlier release: it begins as that one, on its schema. */
  readonly earlier?: string | undefined;
}

/** One process per role, or several, on a PostgreSQL and brokers of their own. */
export class Fortress implements Stronghold {
  readonly settings = { appId: '290000000000088', appSecret: randomBytes(18).toString('hex') };
  readonly webhooks = new WebhookClient(() => this.webhookUrl, this.settings.appSecret);
  private readonly apiKey = randomBytes(24).toString('hex');
  private readonly encryptionKey = randomBytes(32).toString('base64');
  private readonly standing: Guard[] = [];
  private readonly printed: string[] = [];
  /** Of whoever is started from now on. */
  release: Release;
  private connected: ConnectedPage | undefined;
  private turn = 0;
  private given: NodeJS.ProcessEnv = {};
  private ground: Ground | undefined;

  constructor(private readonly options: FortressOptions) {
    this.release = options.earlier === undefined ? 'this' : 'earlier';
  }

  async open(environment: NodeJS.ProcessEnv): Promise<void> {
    const [postgres, cluster, simulator, address] = await Promise.all([
      startOwnPostgres({ maxConnections: 120 }),
      this.options.brokers > 0 ? startTestCluster(this.options.brokers) : undefined,
      startSimulator({ ...this.settings, verifyToken }),
      openMovingAddress(),
    ]);
    address.moveTo(postgres.url);
    this.ground = { postgres, cluster, simulator, address };
    this.given = environment;
    // it holds for connections that come later
    await logFailedStatements(postgres.home);
    await this.migrate(this.release);
    await Promise.all(roles.map((role) => this.recruit(role)));
  }

  async migrate(release: Release): Promise<void> {
    const { exit, output } = await startInVain('migrate', this.environment(this.home), [], this.bundlesOf(release));
    if (exit.code !== 0) throw new Error(`The database could not be migrated: ${output}`);
  }

  async close(): Promise<void> {
    await killStarted();
    const { postgres, cluster, address } = this.onGround;
    await Promise.all([postgres.stop(), cluster?.stop(), address.close()]);
    removeHomes();
  }

  get home(): string {
    return this.onGround.postgres.home;
  }

  get cluster(): TestCluster {
    return present(this.onGround.cluster, 'Kafka');
  }

  get facebook(): SimulatorClient {
    return this.onGround.simulator.client;
  }

  /** Of each channels process in turn. */
  get client(): ParleyClient {
    return new ParleyClient(this.nextOf('channels').process.url, this.apiKey);
  }

  get webhookUrl(): string {
    return this.nextOf('ingester').process.url;
  }

  get pids(): readonly number[] {
    return this.standing.map(({ process }) => process.pid);
  }

  get output(): string {
    return [...this.printed, ...this.standing.map(({ process }) => process.output())].join('');
  }

  async connectPage(): Promise<ConnectedPage> {
    const page = await this.facebook.createPage({ name: 'Blue Shop' });
    this.connected = {
      page,
      channel: await this.client.connect({ page_id: page.page_id, page_token: page.page_token }),
    };
    return this.connected;
  }

  /** The page's token is refused from now on (190), and there is a new one. */
  async loseToken(): Promise<void> {
    const { page, channel } = this.connectedPage;
    const { page_token } = await this.facebook.renewTokens(page.page_id);
    this.connected = { page: { ...page, page_token }, channel };
  }

  /** As an integrator does then. */
  async reconnect(): Promise<void> {
    const { page_id, page_token } = this.connectedPage.page;
    await this.client.connect({ page_id, page_token });
  }

  readChannel(): Promise<Channel> {
    return this.client.channelInfo(this.connectedPage.channel.id);
  }

  guardsOf(role: Role): readonly Guard[] {
    return this.standing.filter((guard) => guard.role === role);
  }

  /** One more of a role. */
  async recruit(role: Role, home = makeHome()): Promise<Guard> {
    const bundles = this.bundlesOf(this.release);
    const guard = { role, home, process: await startBundle(role, this.environment(home), bundles) };
    this.standing.push(guard);
    await this.tellFacebook(role);
    return guard;
  }

  /** SIGKILL. */
  async kill(guard: Guard): Promise<void> {
    this.leave(guard);
    guard.process.killAll();
    await guard.process.exited;
    this.printed.push(guard.process.output());
  }

  /** Nobody is sent there any more, then SIGTERM. */
  async dismiss(guard: Guard): Promise<Exit> {
    this.leave(guard);
    await this.tellFacebook(guard.role);
    const exit = await guard.process.stop();
    this.printed.push(guard.process.output());
    return exit;
  }

  async stopPostgres(): Promise<void> {
    await this.onGround.postgres.stop();
  }

  async startPostgres(): Promise<void> {
    const postgres = await startOwnPostgres({ home: this.home, maxConnections: 120 });
    this.ground = { ...this.onGround, postgres };
    this.onGround.address.moveTo(postgres.url);
  }

  private get onGround(): Ground {
    if (this.ground === undefined) throw new Error('The fortress is not open');
    return this.ground;
  }

  private get connectedPage(): ConnectedPage {
    return present(this.connected, 'a page');
  }

  private bundlesOf(release: Release): string {
    return release === 'this' ? ourBundles : present(this.options.earlier, 'an earlier release');
  }

  private leave(guard: Guard): void {
    this.standing.splice(this.standing.indexOf(guard), 1);
  }

  private nextOf(role: Role): Guard {
    const guards = this.guardsOf(role);
    this.turn += 1;
    const guard = guards[this.turn % guards.length];
    if (guard === undefined) throw new Error(`Nobody is ${role}`);
    return guard;
  }

  /** Where its echoes and receipts go. */
  private async tellFacebook(role: Role): Promise<void> {
    const ingester = this.guardsOf('ingester')[0];
    if (role !== 'ingester' || ingester === undefined) return;
    await this.facebook.subscribe(`${ingester.process.url}/webhooks/facebook`, verifyToken);
  }

  private environment(home: string): NodeJS.ProcessEnv {
    const { apiKey, encryptionKey } = this;
    const { postgres, address, cluster } = this.onGround;
    const databaseUrl = address.urlOf(postgres.url);
    const app = { ...this.settings, verifyToken };
    return roleEnvironment(
      { databaseUrl, home, apiKey, encryptionKey, app, graphUrl: this.facebook.url },
      { LOG_LEVEL: 'info', ...(cluster && { KAFKA_BROKERS: cluster.brokers.join(',') }), ...this.given },
    );
  }
}
