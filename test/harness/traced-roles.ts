import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversation } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ask, type Answer } from './answer.js';
import { Collector } from './collector.js';
import { envelope, newMid, newPsid, textItem } from './facebook-items.js';
import { present } from './only.js';
import { ParleyClient } from './parley.client.js';
import { roleEnvironment, roles, type Role } from './role-environment.js';
import { facebookJson, signatureOf } from './sign-webhook.js';
import type { SimulatedPage } from './simulator.client.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from './start-bundle.js';
import { startSimulator, type StartedSimulator } from './start-simulator.js';
import { makeHome, removeHomes } from './temporary-home.js';
import { waitFor } from './wait-for.js';

const app = { appId: '290000000000066', appSecret: `traced-${random()}`, verifyToken: `traced-${random()}` };

interface Delivery {
  readonly psid: string;
  readonly mid?: string;
  readonly traceparent?: string;
}

/** One process per role, which tell their spans to a collector that is ours. */
export class TracedRoles {
  readonly started = new Map<Role, StartedProcess>();
  readonly apiKey = random();
  readonly encryptionKey = randomBytes(32).toString('base64');
  /** For the collector alone. */
  readonly collectorKey = random();
  readonly appSecret = app.appSecret;
  private page: SimulatedPage | undefined;

  private constructor(
    readonly collector: Collector,
    readonly database: TestDatabase,
    private readonly simulator: StartedSimulator,
    private readonly own: NodeJS.ProcessEnv,
  ) {}

  static async start(own: NodeJS.ProcessEnv = {}): Promise<TracedRoles> {
    const [collector, database, simulator] = await Promise.all([
      Collector.start(),
      createTestDatabase(),
      startSimulator(app),
    ]);
    const traced = new TracedRoles(collector, database, simulator, own);
    await startInVain('migrate', traced.environment());
    await Promise.all(roles.map((role) => traced.startRole(role)));
    await simulator.client.subscribe(`${traced.processOf('ingester').url}/webhooks/facebook`, app.verifyToken);
    traced.page = await simulator.client.createPage();
    await traced.client.connect({ page_id: traced.page.page_id, page_token: traced.page.page_token });
    return traced;
  }

  get facebook(): StartedSimulator['client'] {
    return this.simulator.client;
  }

  get client(): ParleyClient {
    return new ParleyClient(this.processOf('channels').url, this.apiKey);
  }

  get connectedPage(): SimulatedPage {
    return present(this.page, 'the page');
  }

  environment(over: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const home = makeHome();
    const headers = join(home, 'collector-headers');
    writeFileSync(headers, `x-collector-key=${this.collectorKey}\n`);
    const { apiKey, encryptionKey, database } = this;
    const settings = { databaseUrl: database.url, home, apiKey, encryptionKey, app, graphUrl: this.facebook.url };
    return roleEnvironment(settings, {
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: this.collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS_FILE: headers,
      ...this.own,
      ...over,
    });
  }

  async startRole(role: Role, over: NodeJS.ProcessEnv = {}): Promise<void> {
    this.started.set(role, await startBundle(role, this.environment(over)));
  }

  processOf(role: Role): StartedProcess {
    return present(this.started.get(role), role);
  }

  async newCustomer(): Promise<string> {
    return this.facebook.createCustomer(this.connectedPage.page_id, newPsid());
  }

  /** A signed webhook with a query that nobody may repeat. */
  deliver({ psid, mid = newMid(), traceparent }: Delivery, text = 'hello'): Promise<Answer> {
    const pageId = this.connectedPage.page_id;
    const body = facebookJson(envelope(pageId, [textItem({ pageId, psid, text, mid })]));
    const headers = {
      'content-type': 'application/json',
      'x-hub-signature-256': signatureOf(body, app.appSecret),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const url = `${this.processOf('ingester').url}/webhooks/facebook?access_token=${this.connectedPage.page_token}`;
    return ask(url, { method: 'POST', headers, body });
  }

  conversationWith(psid: string): Promise<Conversation> {
    return waitFor('the conversation', async () =>
      (await this.client.conversations()).data.find(({ source_contact_id }) => source_contact_id === psid),
    );
  }

  async stop(): Promise<void> {
    await killStarted();
    await this.collector.stop();
    await this.database.drop();
    removeHomes();
  }
}

/** As a caller that traces sends it: https://www.w3.org/TR/trace-context/#traceparent-header */
export function newTraceparent(): { readonly traceparent: string; readonly traceId: string; readonly spanId: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceparent: `00-${traceId}-${spanId}-01`, traceId, spanId };
}

function random(): string {
  return randomBytes(24).toString('hex');
}
