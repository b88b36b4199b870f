import type { ChannelConnector, ChannelCredentials, ConnectInput, SourceApp } from '#libs/channels/kit';
import {
  channelConnectionStore,
  channelStore,
  channelUpkeepStore,
  sendStore,
  type ChannelMoment,
  type ChannelRow,
  type Connection,
  type ConnectingPage,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { uuid7, type Channel } from '#libs/messaging';
import { askSource, refusalOf } from './ask-source.js';
import { tokenBinding } from './channel-credentials.js';
import type { ChannelHouse } from './channel-house.js';
import { announceChannel } from './channel-record.js';
import { replayUnrouted } from './replay-unrouted.js';
import { findSourceApp, registerSourceApp } from './source-apps.js';

/** What a connect reads again before it answers; upkeep reads the rest. */
const replayPages = 5;

/**
 * Connects a channel, or connects it again under its old id. The row is committed before the source is asked to send, so
 * that no event of a page just connected finds nobody; the subscription is read back before the channel counts as connected.
 * A channel that is connected stays so, with its old token, until the new one has proved itself.
 * Errors: what Graph refuses 422, `page_taken` 409, Graph away 502 or 504; nothing is left half-made.
 */
export async function connectChannel(
  house: ChannelHouse,
  connector: ChannelConnector,
  workspaceId: string,
  input: ConnectInput,
): Promise<Channel> {
  const app = await chooseApp(house, connector, workspaceId, input);
  const given = { sourceChannelId: input.sourceChannelId, token: input.token, app };
  const inspected = await askSource(() => connector.connecting.inspect(given));
  await keepApp(house, connector, workspaceId, input);
  const page = {
    source: connector.source,
    source_channel_id: input.sourceChannelId,
    source_app_id: app.appId,
    name: input.name ?? inspected.name,
    image_url: input.imageUrl ?? inspected.imageUrl ?? null,
    token_expires_at: inspected.tokenExpiresAt ?? null,
  };
  const row = await putConnecting(house, workspaceId, page, inspected.token);
  const credentials = { ...given, token: inspected.token };
  const subscribed_fields = await subscribe(house, connector, credentials, row);
  const connected = await markConnected(house, row, {
    ...page,
    token_sealed: house.vault.seal(inspected.token, tokenBinding(row.id)),
    subscribed_fields,
    health: { state: 'connected', reason: null },
  });
  if (connected !== null) return withReplay(house, connector, connected);
  await retract(house, connector, credentials);
  throw disconnectedMeanwhile();
}

function disconnectedMeanwhile(): AppError {
  return new AppError('channel_disconnected', 'The channel was disconnected by another call in the meantime.');
}

/** Then what the source said last is what that other call has made of it. */
async function isDisconnectedSince({ database }: ChannelHouse, row: ChannelRow): Promise<boolean> {
  const now = await channelStore.find(row.workspace_id, database, row.id);
  return now !== null && now.epoch > row.epoch && (now.state === 'disconnecting' || now.state === 'disconnected');
}

/** Null: it was disconnected in the meantime. Used by upkeep too, for what a crash left. */
export function markConnected(
  house: ChannelHouse,
  moment: ChannelMoment,
  connection: Connection,
): Promise<{ readonly row: ChannelRow; readonly channel: Channel } | null> {
  const { workspace_id: workspaceId, id } = moment;
  return house.database.transaction(async (sql) => {
    const row = await channelConnectionStore.markConnected(workspaceId, sql, moment, connection);
    if (row === null) return null;
    await sendStore.wakeChannel(workspaceId, sql, id);
    return { row, channel: announceChannel(house, sql, row) };
  });
}

/**
 * The source was told to send by a call that has come too late: nobody is there for it. Whoever owns the page by now is not
 * disturbed, and looks at once whether this call has spoilt something.
 */
export async function retract(
  house: ChannelHouse,
  connector: ChannelConnector,
  credentials: ChannelCredentials,
): Promise<void> {
  const { source, connecting } = connector;
  const { database } = house;
  const owner = await channelStore.findByPageInAnyWorkspace(database, source, credentials.sourceChannelId);
  if (owner === null) await refusalOf(() => connecting.unsubscribe(credentials));
  await channelUpkeepStore.hurryPageInAnyWorkspace(database, {
    source,
    source_channel_id: credentials.sourceChannelId,
  });
}

/** With its secret given, an app is known to this call only: it is kept when the source has accepted both. */
async function chooseApp(
  house: ChannelHouse,
  connector: ChannelConnector,
  workspaceId: string,
  { app }: ConnectInput,
): Promise<SourceApp> {
  const { database, vault } = house;
  if (app?.secret !== undefined && app.appId !== connector.ownApp?.appId)
    return { appId: app.appId, secrets: [app.secret], verifyToken: app.verifyToken ?? '', workspaceId };
  const found = await findSourceApp(workspaceId, database, { vault, connector }, app?.appId);
  if (found !== null) return found;
  throw new AppError(
    'invalid_request',
    app === undefined
      ? 'No app of the source is configured here: send app_id and app_secret, or set FACEBOOK_APP_ID and FACEBOOK_APP_SECRET.'
      : `App ${app.appId} is not known here: send its app_secret too.`,
    { errors: [{ field: 'app_id', message: 'unknown app' }] },
  );
}

/** Before the page has its row: what the app signs from now on is accepted. */
async function keepApp(
  house: ChannelHouse,
  connector: ChannelConnector,
  workspaceId: string,
  { app }: ConnectInput,
): Promise<void> {
  if (app?.secret === undefined || app.appId === connector.ownApp?.appId) return;
  const { appId, secret, verifyToken } = app;
  const kept = { source: connector.source, appId, secret, verifyToken };
  if (await registerSourceApp(workspaceId, house.database, house.vault, kept)) return;
  throw new AppError('page_taken', `App ${appId} is registered in another workspace.`);
}

async function putConnecting(
  house: ChannelHouse,
  workspaceId: string,
  page: Omit<ConnectingPage, 'proposed_id' | 'sealToken'>,
  token: string,
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

async function subscribe(
  house: ChannelHouse,
  connector: ChannelConnector,
  credentials: ChannelCredentials,
  row: ChannelRow,
): Promise<readonly string[]> {
  try {
    return await askSource(() => connector.connecting.subscribe(credentials));
  } catch (error) {
    await undo(house, row, error instanceof AppError ? error.message : null);
    if (await isDisconnectedSince(house, row)) throw disconnectedMeanwhile();
    throw error;
  }
}

/** A page that was not connected is not left half-made; one that was goes on, and upkeep looks whether it is as it was. */
async function undo(house: ChannelHouse, row: ChannelRow, reason: string | null): Promise<void> {
  if (row.state === 'connected') {
    await channelUpkeepStore.hurryPageInAnyWorkspace(house.database, row);
    return;
  }
  await endConnecting(house, row, reason);
}

/** Nothing happens when another connect has ended well, or a disconnect has come. */
export async function endConnecting(house: ChannelHouse, row: ChannelRow, reason: string | null): Promise<void> {
  await house.database.transaction(async (sql) => {
    const ended = await channelConnectionStore.markDisconnected(row.workspace_id, sql, row, {
      from: 'connecting',
      reason,
    });
    if (ended !== null) announceChannel(house, sql, ended);
  });
}

async function withReplay(
  house: ChannelHouse,
  connector: ChannelConnector,
  { row, channel }: { readonly row: ChannelRow; readonly channel: Channel },
): Promise<Channel> {
  // a first look, so that what was waiting is there soon: upkeep looks again, and says what goes wrong
  await replayUnrouted(house, connector, row, replayPages).catch(() => undefined);
  return channel;
}
