import { randomBytes } from 'node:crypto';
import { openMovingAddress, type MovingAddress } from '../harness/moving-address.js';
import { startOwnPostgres, type OwnPostgres } from '../harness/own-postgres.js';
import { ParleyClient } from '../harness/parley.client.js';
import { roleEnvironment, roles, type Role } from '../harness/role-environment.js';
import type { SimulatorClient } from '../harness/simulator.client.js';
import { killStarted, startBundle, startInVain, type Exit, type StartedProcess } from '../harness/start-bundle.js';
import type { ConnectedPage } from '../harness/start-product.js';
import { startSimulator, type StartedSimulator } from '../harness/start-simulator.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { startTestCluster, type TestCluster } from '../harness/test-cluster.js';
import { WebhookClient } from '../harness/webhook.client.js';
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
  readonly cluster: TestCluster;
  readonly simulator: StartedSimulator;
}

const brokers = 3;
const verifyToken = 'fortress-verify-token';

/** One process per role, or several, on a PostgreSQL and three brokers of their own. */
export class Fortress implements Stronghold {
  readonly settings = { appId: '290000000000088', appSecret: randomBytes(18).toString('hex') };
  readonly webhooks = new WebhookClient(() => this.webhookUrl, this.settings.appSecret);
  private readonly apiKey = randomBytes(24).toString('hex');
  private readonly encryptionKey = randomBytes(32).toString('base64');
  private readonly standing: Guard[] = [];
  private readonly printed: string[] = [];
  private turn = 0;
  private given: NodeJS.ProcessEnv = {};
  private ground: Ground | undefined;

  async open(environment: NodeJS.ProcessEnv): Promise<void> {
    const [postgres, cluster, simulator, address] = await Promise.all([
      startOwnPostgres({ maxConnections: 120 }),
      startTestCluster(brokers),
      startSimulator({ ...this.settings, verifyToken }),
      openMovingAddress(),
    ]);
    address.moveTo(postgres.url);
    this.ground = { postgres, cluster, simulator, address };
    this.given = environment;
    await startInVain('migrate', this.environment(postgres.home));
    await Promise.all(roles.map((role) => this.recruit(role)));
  }

  async close(): Promise<void> {
    await killStarted();
    const { postgres, cluster, address } = this.onGround;
    await Promise.all([postgres.stop(), cluster.stop(), address.close()]);
    removeHomes();
  }

  get home(): string {
    return this.onGround.postgres.home;
  }

  get cluster(): TestCluster {
    return this.onGround.cluster;
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
    return { page, channel: await this.client.connect({ page_id: page.page_id, page_token: page.page_token }) };
  }

  guardsOf(role: Role): readonly Guard[] {
    return this.standing.filter((guard) => guard.role === role);
  }

  /** One more of a role. */
  async recruit(role: Role, home = makeHome()): Promise<Guard> {
    const guard = { role, home, process: await startBundle(role, this.environment(home)) };
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
      { LOG_LEVEL: 'info', KAFKA_BROKERS: cluster.brokers.join(','), ...this.given },
    );
  }
}
