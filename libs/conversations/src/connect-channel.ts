import { SourceRefusal, type ChannelConnector, type ConnectInput, type SourceApp } from '#libs/channels/kit';
import {
  channelConnectionStore,
  channelStore,
  sendStore,
  type ChannelHealth,
  type ChannelRow,
  type Database,
} from '#libs/database';
import { AppError } from '#libs/errors';
import type { EventLog } from '#libs/event-log';
import { uuid7, type Channel } from '#libs/messaging';
import type { TokenVault } from '#libs/security';
import { channelRecord } from './channel-record.js';
import { findSourceApp, registerSourceApp } from './source-apps.js';

export interface ConnectHouse {
  readonly database: Database;
  readonly log: EventLog;
  readonly vault: TokenVault;
  readonly publicUrl: string;
  now(): Date;
}

export function tokenBinding(channelId: string): string {
  return `channels ${channelId}`;
}

/**
 * Connects a channel, or connects it again under its old id. The row is committed before the source is asked to send, so
 * that no event of a page just connected finds nobody; the subscription is read back before the channel counts as connected.
 * Errors: what Graph refuses 422, `page_taken` 409, Graph away 502 or 504; nothing is left half-made.
 */
export async function connectChannel(
  house: ConnectHouse,
  connector: ChannelConnector,
  workspaceId: string,
  input: ConnectInput,
): Promise<Channel> {
  const app = await chooseApp(house, connector, workspaceId, input);
  const credentials = { sourceChannelId: input.sourceChannelId, token: input.token, app };
  const inspected = await askSource(() => connector.connecting.inspect(credentials));
  const former = await findConnected(house, workspaceId, {
    source: connector.source,
    sourceChannelId: input.sourceChannelId,
  });
  const row = await putConnecting(house, workspaceId, {
    source: connector.source,
    source_channel_id: input.sourceChannelId,
    source_app_id: app.appId,
    name: input.name ?? inspected.name,
    image_url: input.imageUrl ?? inspected.imageUrl ?? null,
    token: inspected.token,
    token_expires_at: inspected.tokenExpiresAt ?? null,
  });
  try {
    const fields = await askSource(() => connector.connecting.subscribe({ ...credentials, token: inspected.token }));
    return await markConnected(house, row, { fields, health: { state: 'connected', reason: null } });
  } catch (error) {
    await undo(house, row, former);
    throw error;
  }
}

async function chooseApp(
  house: ConnectHouse,
  connector: ChannelConnector,
  workspaceId: string,
  { app }: ConnectInput,
): Promise<SourceApp> {
  if (app?.secret !== undefined) {
    const isKept = await registerSourceApp(workspaceId, house.database, house.vault, {
      source: connector.source,
      appId: app.appId,
      secret: app.secret,
      verifyToken: app.verifyToken,
    });
    if (!isKept) throw new AppError('page_taken', `App ${app.appId} is registered in another workspace.`);
  }
  const found = await findSourceApp(workspaceId, house.database, { vault: house.vault, connector }, app?.appId);
  if (found !== null) return found;
  throw new AppError(
    'invalid_request',
    app === undefined
      ? 'No app of the source is configured here: send app_id and app_secret, or set FACEBOOK_APP_ID and FACEBOOK_APP_SECRET.'
      : `App ${app.appId} is not known here: send its app_secret too.`,
    { errors: [{ field: 'app_id', message: 'unknown app' }] },
  );
}

interface PageRow {
  readonly source: string;
  readonly source_channel_id: string;
  readonly source_app_id: string;
  readonly name: string;
  readonly image_url: string | null;
  readonly token: string;
  readonly token_expires_at: Date | null;
}

async function putConnecting(
  house: ConnectHouse,
  workspaceId: string,
  { token, ...page }: PageRow,
): Promise<ChannelRow> {
  const put = await house.database.transaction((sql) =>
    channelConnectionStore.putConnecting(workspaceId, sql, {
      ...page,
      proposed_id: uuid7(house.now().getTime()),
      sealToken: (channelId) => house.vault.seal(token, tokenBinding(channelId)),
    }),
  );
  if (put.kind === 'taken')
    throw new AppError('page_taken', `Page ${page.source_channel_id} is connected in another workspace.`);
  return put.channel;
}

/** The channel as it was, if this call only renews it. */
async function findConnected(
  house: ConnectHouse,
  workspaceId: string,
  page: { readonly source: string; readonly sourceChannelId: string },
): Promise<ChannelRow | null> {
  const owner = await channelStore.findByPageInAnyWorkspace(house.database, page.source, page.sourceChannelId);
  return owner?.workspace_id === workspaceId && owner.state === 'connected' ? owner : null;
}

/** A page that was not connected is not left half-made; one that was goes on, and says what could not be renewed. */
async function undo(house: ConnectHouse, row: ChannelRow, former: ChannelRow | null): Promise<void> {
  if (former === null) {
    await channelConnectionStore.markDisconnected(row.workspace_id, house.database, row.id, 'connecting');
    return;
  }
  const health = {
    state: 'degraded',
    reason: 'The subscription could not be renewed: connect the page again.',
  } as const;
  await markConnected(house, row, { fields: former.subscribed_fields, health });
}

interface Connection {
  readonly fields: readonly string[];
  readonly health: ChannelHealth;
}

function markConnected(house: ConnectHouse, row: ChannelRow, { fields, health }: Connection): Promise<Channel> {
  return house.database.transaction(async (sql) => {
    const connected = await channelConnectionStore.markConnected(row.workspace_id, sql, row.id, {
      subscribed_fields: fields,
      health,
    });
    if (connected === null)
      throw new AppError(
        'channel_disconnected',
        'The channel was connected or disconnected by another call in the meantime.',
      );
    await sendStore.wakeChannel(row.workspace_id, sql, row.id);
    const { channel, record } = channelRecord(connected, house);
    house.log.appendIn(sql, [record]);
    return channel;
  });
}

async function askSource<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    throw new AppError(
      error.code,
      error.message,
      error.sourceError === undefined ? {} : { sourceError: error.sourceError },
    );
  }
}
