import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { channelDefinitions } from '#libs/channels/all';
import type { ChannelConnector } from '#libs/channels/kit';
import { projectEvents, unroutedRecord } from '#libs/conversations';
import { apiKeyStore, migrate, workspaceStore, type ChannelEntity } from '#libs/database';
import { createHttpApplication } from '#libs/http';
import { eventSchema, topics, updateSchema, uuid7, type Channel, type Event, type Unrouted } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { Platform, PlatformModule } from '#libs/platform';
import { createApiKey, hashApiKey } from '#libs/security';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { only } from '../../../test/harness/only.js';
import { ParleyClient } from '../../../test/harness/parley.client.js';
import type { ApiScope } from '../src/auth/scope.js';
import { ChannelsModule } from '../src/channels.module.js';
import { ChannelUpkeep } from '../src/upkeep/channel-upkeep.js';
import { appId, GraphServer } from './graph-server.js';
import { textEvent, type Text } from './text-event.js';

const bootstrapKey = 'bootstrap-key-of-the-test-installation';
export const allowedOrigin = 'https://inbox.example.com';

export interface Workspace {
  readonly id: string;
  readonly client: ParleyClient;
  /** A client whose key has these scopes only. */
  withScopes(...scopes: readonly ApiScope[]): Promise<ParleyClient>;
}

/** The application as a process would serve it: its own database, the real connector, a Graph API of our own. */
export class StartedChannels {
  readonly lines: string[] = [];

  private constructor(
    readonly graph: GraphServer,
    private readonly database: TestDatabase,
    private application: NestFastifyApplication | undefined,
    private url: string,
  ) {}

  static async start(): Promise<StartedChannels> {
    const [graph, database] = await Promise.all([GraphServer.start(), createTestDatabase()]);
    const started = new StartedChannels(graph, database, undefined, '');
    try {
      await migrate(database.url);
      await started.listen();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get platform(): Platform {
    return this.found(Platform);
  }

  /** Looks after this channel now, as upkeep does when it is due. */
  async keep(channelId: string): Promise<void> {
    await this.age(channelId, 'upkeep_due');
    await this.keepDue();
  }

  keepDue(): Promise<void> {
    return this.found(ChannelUpkeep).round();
  }

  /** Something that the source sent when nobody was there for it, as the ingester keeps it. */
  async keepUnrouted(unrouted: Unrouted): Promise<void> {
    await this.platform.log.append([unroutedRecord(unrouted)]);
  }

  /** What was routed to the channel, in order. */
  async events(channelId: string): Promise<Event[]> {
    const rows = await this.platform.database.query<{ value: string }>(
      'select value from log_records where topic = $1 order by appended_at, "offset"',
      [topics.events],
    );
    return rows
      .map(({ value }) => eventSchema.parse(JSON.parse(value)))
      .filter(({ channel_id: id }) => id === channelId);
  }

  /** As if it had been so for an hour. */
  async age(channelId: string, column: 'upkeep_due' | 'state_since' | 'health_since', hours = 1): Promise<void> {
    const sql = `update channels set ${column} = clock_timestamp() - make_interval(hours => $2) where id = $1`;
    await this.platform.database.query(sql, [channelId, hours]);
  }

  async row(channelId: string): Promise<ChannelEntity> {
    const sql = 'select * from channels where id = $1';
    return only(await this.platform.database.query<ChannelEntity>(sql, [channelId]), `channel ${channelId}`);
  }

  /** What was announced of a channel, in order. */
  async announced(channelId: string): Promise<Channel[]> {
    const rows = await this.platform.database.query<{ value: string }>(
      'select value from log_records where topic = $1 and key = $2 order by "offset"',
      [topics.updates, channelId],
    );
    return rows.map(({ value }) => updateSchema.parse(JSON.parse(value)).payload as Channel);
  }

  /** Whoever has set the installation up: the admin key of the default workspace. */
  get operator(): ParleyClient {
    return new ParleyClient(this.url, bootstrapKey);
  }

  /** Another process on the same database; `close` it before this one is stopped. */
  async beside(): Promise<StartedChannels> {
    const neighbour = new StartedChannels(this.graph, this.database, undefined, '');
    await neighbour.listen();
    return neighbour;
  }

  /** How many questions this process has for the database meanwhile, transactions aside. */
  async countQueries(work: () => Promise<unknown>): Promise<number> {
    const { database } = this.platform;
    const query = database.query.bind(database);
    let count = 0;
    const counting = <Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> => {
      count += 1;
      return query<Row>(sql, parameters);
    };
    Object.assign(database, { query: counting });
    try {
      await work();
      return count;
    } finally {
      Object.assign(database, { query });
    }
  }

  async close(): Promise<void> {
    await this.application?.close();
    this.application = undefined;
  }

  async addWorkspace(): Promise<Workspace> {
    const id = uuid7(Date.now());
    await workspaceStore.create(id, this.platform.database, 'Test');
    const withScopes = (...scopes: readonly ApiScope[]): Promise<ParleyClient> => this.addKey(id, scopes);
    return { id, client: await withScopes('admin'), withScopes };
  }

  /** A contact's messages, as the projector records them. */
  async record(channel: Channel, workspaceId: string, texts: readonly Text[]): Promise<void> {
    const { platform } = this;
    const events = texts.map((text) => textEvent(channel, workspaceId, text));
    await platform.database.transaction((sql) => projectEvents(sql, platform.log, events, platform.rules()));
  }

  async stop(): Promise<void> {
    await this.close();
    await this.graph.stop();
    await this.database.drop();
  }

  private found<Found>(type: new (...values: never[]) => Found): Found {
    if (this.application === undefined) throw new Error('The application is not started.');
    return this.application.get<Found>(type, { strict: false });
  }

  private async addKey(workspaceId: string, scopes: readonly ApiScope[]): Promise<ParleyClient> {
    const key = createApiKey();
    await apiKeyStore.insert(workspaceId, this.platform.database, {
      id: uuid7(Date.now()),
      name: 'Inbox',
      key_sha256: hashApiKey(key),
      scopes: [...scopes],
      rate_limit: null,
      expires_at: null,
    });
    return new ParleyClient(this.url, key);
  }

  private async listen(): Promise<void> {
    const logger = createLogger({
      app: 'channels',
      destination: {
        write: (line) => {
          this.lines.push(line);
        },
      },
    });
    const connectors = [connectorAt(this.graph.url)];
    const platform = PlatformModule.forRoot({
      logger,
      databaseUrl: this.database.url,
      poolSize: 6,
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1) }],
      connectors,
      publicUrl: 'https://parley.example',
      apiKey: bootstrapKey,
    });
    this.application = await createHttpApplication(ChannelsModule.forRoot(platform, connectors), {
      logger,
      allowedOrigins: [allowedOrigin],
    });
    await this.application.listen(0, '127.0.0.1');
    this.url = await this.application.getUrl();
  }
}

function connectorAt(graphUrl: string): ChannelConnector {
  const [definition] = channelDefinitions;
  const configured = definition?.configure({
    FACEBOOK_APP_ID: appId,
    FACEBOOK_APP_SECRET: 'canary-app-secret',
    FACEBOOK_WEBHOOK_SECRET: 'verify',
    FACEBOOK_GRAPH_URL: graphUrl,
  });
  if (configured?.ok !== true) throw new Error('The channel could not be configured.');
  return configured.connector;
}
