import type { ChannelConnector, ChannelCredentials, HeldSubscription, SourceRefusal } from '#libs/channels/kit';
import { channelUpkeepStore, type ChannelHealth, type DueChannel } from '#libs/database';
import { isAway, isTokenDead, refusalOf, wordsOf } from './ask-source.js';
import { channelCredentials } from './channel-credentials.js';
import type { ChannelHouse } from './channel-house.js';
import { announceChannel } from './channel-record.js';
import { endConnecting, markConnected, retract } from './connect-channel.js';
import { endDisconnecting } from './disconnect-channel.js';
import { replayUnrouted } from './replay-unrouted.js';

/** Between two looks at a subscription: the source ends one after an hour of failures. */
const checkSeconds = 600;
const retrySeconds = 60;
const replayPages = 50;
/** Readers forget what they know of a page, and end what they have begun with it, long before. */
const replaySettledSeconds = 60;
const replayAgainSeconds = 20;

const noCredentials = 'The token can’t be read, or its app is not known here any more: connect the channel again.';

/** Brings one claimed channel and its subscription at the source to what its row says. */
export function keepChannel(house: ChannelHouse, connector: ChannelConnector, row: DueChannel): Promise<void> {
  switch (row.state) {
    case 'connecting':
      return finishConnecting(house, connector, row);
    case 'disconnecting':
      return endDisconnecting(house, connector, row, row.state_seconds);
    case 'connected':
      return keepConnected(house, connector, row);
    case 'disconnected':
      return Promise.resolve();
  }
}

/** What a crash has left: connected, or disconnected with the reason. While the source is away it is tried again. */
async function finishConnecting(house: ChannelHouse, connector: ChannelConnector, row: DueChannel): Promise<void> {
  const credentials = await channelCredentials(house, connector, row);
  if (credentials === null) return endConnecting(house, row, noCredentials);
  let subscribed_fields: readonly string[] = [];
  const refusal = await refusalOf(async () => {
    subscribed_fields = await connector.connecting.subscribe(credentials);
  });
  if (refusal !== null)
    return isAway(refusal) ? putOff(house, row, retrySeconds) : endConnecting(house, row, wordsOf(refusal));
  const health = { state: 'connected', reason: null } as const;
  const { source_app_id, name, image_url, token_sealed, token_expires_at } = row;
  const page = { source_app_id, name, image_url, token_sealed, token_expires_at };
  const connected = await markConnected(house, row, { ...page, subscribed_fields, health });
  if (connected === null) await retract(house, connector, credentials);
}

async function keepConnected(house: ChannelHouse, connector: ChannelConnector, row: DueChannel): Promise<void> {
  const isReplayed = await finishReplay(house, connector, row);
  // nothing is asked with a dead token: a connect brings a new one
  const nextSeconds = row.health_state === 'reauth_required' ? checkSeconds : await check(house, connector, row);
  await putOff(house, row, isReplayed ? nextSeconds : replayAgainSeconds);
}

/** True: nothing is left to be read again. */
async function finishReplay(house: ChannelHouse, connector: ChannelConnector, row: DueChannel): Promise<boolean> {
  if (row.replay_since === null) return true;
  const since = await replayUnrouted(house, connector, row, replayPages);
  if (since === null || row.state_seconds < replaySettledSeconds) return false;
  return channelUpkeepStore.moveReplay(row.workspace_id, house.database, row.id, { from: since, to: null });
}

interface Found {
  readonly fields: readonly string[] | null;
  readonly health: ChannelHealth;
  readonly nextSeconds: number;
}

/** Answers when to look again. */
async function check(house: ChannelHouse, connector: ChannelConnector, row: DueChannel): Promise<number> {
  const credentials = await channelCredentials(house, connector, row);
  const found = credentials === null ? needsReauth(noCredentials) : await inspect(connector, credentials);
  if (found === null) return retrySeconds;
  await house.database.transaction(async (sql) => {
    const changed = await channelUpkeepStore.recordCheck(row.workspace_id, sql, row, found);
    if (changed !== null) announceChannel(house, sql, changed);
  });
  return found.nextSeconds;
}

/** Null: the source is away and says nothing. */
async function inspect(connector: ChannelConnector, credentials: ChannelCredentials): Promise<Found | null> {
  const { connecting } = connector;
  let held: HeldSubscription = { fields: [], missing: [] };
  const unread = await refusalOf(async () => {
    held = await connecting.readSubscription(credentials);
  });
  if (unread !== null) return isAway(unread) ? null : degradedBy(unread, 'The subscription can’t be read');
  if (held.missing.length === 0) return fine(held.fields);
  let fields: readonly string[] = [];
  const refusal = await refusalOf(async () => {
    fields = await connecting.subscribe(credentials);
  });
  return refusal === null ? fine(fields) : degradedBy(refusal, 'The source has ended the subscription', held.fields);
}

/** Spread out, so that many channels connected at once are not looked at at once for ever. */
function fine(fields: readonly string[]): Found {
  const nextSeconds = checkSeconds * (0.75 + Math.random() / 2);
  return { fields, health: { state: 'connected', reason: null }, nextSeconds };
}

function degradedBy(refusal: SourceRefusal, what: string, fields: readonly string[] | null = null): Found {
  if (isTokenDead(refusal)) return needsReauth(wordsOf(refusal));
  const reason = `${what}; it is tried again. ${wordsOf(refusal)}`;
  return { fields, health: { state: 'degraded', reason }, nextSeconds: retrySeconds };
}

function needsReauth(reason: string): Found {
  return { fields: null, health: { state: 'reauth_required', reason }, nextSeconds: checkSeconds };
}

function putOff(house: ChannelHouse, row: DueChannel, seconds: number): Promise<void> {
  return channelUpkeepStore.putOff(row.workspace_id, house.database, row, seconds);
}
