import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ChannelConnector, ChannelRef, SourceApp } from '#libs/channels/kit';
import { channelRef, findSourceApp, listSourceApps } from '#libs/conversations';
import { channelStore } from '#libs/database';
import { AppError } from '#libs/errors';
import { Platform } from '#libs/platform';
import { Cached } from './cached.js';

/** Callers wait so long for one look together: anybody can send what fits no app. */
const newAppsMs = 50;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Which channel owns a page and which apps may sign: asked of the database on a miss, then remembered for a while. */
@Injectable()
export class ChannelDirectory implements OnApplicationBootstrap {
  private readonly pages: Cached<ChannelRef | null>;
  private readonly urls: Cached<UrlChannel | null>;
  private readonly apps: Cached<readonly SourceApp[]>;
  private newApps: Promise<void> | undefined;

  constructor(@Inject(Platform) private readonly platform: Platform) {
    // an unknown page is asked for each time: it may have been connected this very moment
    this.pages = new Cached({ isKept: (ref) => ref !== null });
    this.urls = new Cached({ isKept: (channel) => channel !== null });
    this.apps = new Cached({ isKept: () => true });
  }

  /** Asked before anybody comes, so that whoever may sign is known when the database goes away. */
  async onApplicationBootstrap(): Promise<void> {
    await Promise.allSettled(this.platform.connectors.map((connector) => this.appsOf(connector)));
  }

  /** Who may sign webhooks was read at least once. */
  knowsApps(): boolean {
    return this.platform.connectors.every(({ source }) => this.apps.has(source));
  }

  /** What `findByPage` would answer, where nobody has to be asked; else undefined. */
  knownByPage({ source }: ChannelConnector, sourceChannelId: string): ChannelRef | null | undefined {
    return this.pages.fresh(`${source} ${sourceChannelId}`);
  }

  /** The channel that owns a page in this installation; what is not connected owns nothing. */
  findByPage({ source }: ChannelConnector, sourceChannelId: string): Promise<ChannelRef | null> {
    return this.pages.get(`${source} ${sourceChannelId}`, async () => {
      const row = await channelStore.findByPageInAnyWorkspace(this.platform.database, source, sourceChannelId);
      return row === null ? null : channelRef(row);
    });
  }

  /** The channel of a webhook URL, connected or not, and the app that may sign there. Refuses a URL of no channel. */
  async ofUrl(connector: ChannelConnector, channelId: string): Promise<UrlChannel> {
    const channel = uuid.test(channelId) ? await this.findByUrl(connector, channelId) : null;
    if (channel === null) throw new AppError('not_found', 'There is no channel with the id in this URL.');
    return channel;
  }

  private findByUrl(connector: ChannelConnector, channelId: string): Promise<UrlChannel | null> {
    return this.urls.get(`${connector.source} ${channelId}`, async () => {
      const { database, vault } = this.platform;
      const row = await channelStore.findForWebhookInAnyWorkspace(database, connector.source, channelId);
      if (row === null) return null;
      const app = await findSourceApp(row.workspace_id, database, { vault, connector }, row.source_app_id);
      return { workspaceId: row.workspace_id, channelId: row.id, apps: app === null ? [] : [app] };
    });
  }

  /** Whose secrets are tried at a URL, where nobody has to be asked; else undefined. */
  knownApps({ source }: ChannelConnector, channelId: string | undefined): readonly SourceApp[] | undefined {
    return channelId === undefined ? this.apps.fresh(source) : this.urls.fresh(`${source} ${channelId}`)?.apps;
  }

  appsOf(connector: ChannelConnector): Promise<readonly SourceApp[]> {
    const { database, vault } = this.platform;
    return this.apps.get(connector.source, () => listSourceApps(database, vault, connector));
  }

  /** After a signature or a token that fits no known app. Resolved: whatever was registered before the call is known. */
  lookForNewApps(): Promise<void> {
    this.newApps ??= delay(newAppsMs).then(() => {
      this.newApps = undefined;
      this.apps.expire();
      this.urls.expire();
    });
    return this.newApps;
  }
}

export interface UrlChannel {
  readonly workspaceId: string;
  readonly channelId: string;
  readonly apps: readonly SourceApp[];
}
