import type { ChannelConnector } from '#libs/channels/kit';
import { channelConnectionStore, channelStore, channelUpkeepStore, sendStore, type ChannelRow } from '#libs/database';
import { AppError } from '#libs/errors';
import { isTokenDead, refusalOf, wordsOf } from './ask-source.js';
import { channelCredentials } from './channel-credentials.js';
import type { ChannelHouse } from './channel-house.js';
import { announceChannel } from './channel-record.js';

const ownForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const retryMinSeconds = 60;
const retryMaxSeconds = 3_600;
const giveUpAfterSeconds = 86_400;

/**
 * From its commit on the channel is disconnected for everybody here: nothing comes in, nothing goes out. The source is told
 * after it, as often as it takes; the token is kept until then. Again: nothing happens.
 */
export async function disconnectChannel(
  house: ChannelHouse,
  connector: ChannelConnector,
  workspaceId: string,
  channelId: string,
): Promise<void> {
  const known = ownForm.test(channelId) ? await channelStore.find(workspaceId, house.database, channelId) : null;
  if (known?.source !== connector.source)
    throw new AppError('not_found', `There is no ${connector.source} channel ${channelId.slice(0, 100)}.`);
  const row = await house.database.transaction(async (sql) => {
    const disconnecting = await channelConnectionStore.markDisconnecting(workspaceId, sql, channelId);
    if (disconnecting === null) return null;
    // what still waits can't be sent any more, and fails
    await sendStore.wakeChannel(workspaceId, sql, channelId);
    announceChannel(house, sql, disconnecting);
    return disconnecting;
  });
  if (row !== null) await endDisconnecting(house, connector, row, 0);
}

/**
 * Tells the source, and forgets the token when it has heard. `stateSeconds`: how long it has been tried. A source that is
 * away or refuses is asked again, each time after as long as it took so far; with a dead token there is nothing to ask with.
 */
export async function endDisconnecting(
  house: ChannelHouse,
  connector: ChannelConnector,
  row: ChannelRow,
  stateSeconds: number,
): Promise<void> {
  const credentials = await channelCredentials(house, connector, row);
  const refusal = credentials === null ? null : await refusalOf(() => connector.connecting.unsubscribe(credentials));
  if (refusal !== null && !isTokenDead(refusal) && stateSeconds < giveUpAfterSeconds) {
    const seconds = Math.min(Math.max(stateSeconds, retryMinSeconds), retryMaxSeconds);
    await channelUpkeepStore.putOff(row.workspace_id, house.database, row, seconds);
    return;
  }
  const reason = refusal === null ? null : `The source could not be told to stop sending: ${wordsOf(refusal)}`;
  const isEnded = await forgetToken(house, row, reason);
  // the page was connected again while the source was told to stop: its owner looks at the subscription at once
  if (!isEnded) await channelUpkeepStore.hurryPageInAnyWorkspace(house.database, row);
}

function forgetToken(house: ChannelHouse, row: ChannelRow, reason: string | null): Promise<boolean> {
  return house.database.transaction(async (sql) => {
    const ended = await channelConnectionStore.markDisconnected(row.workspace_id, sql, row, {
      from: 'disconnecting',
      reason,
    });
    if (ended !== null && ended.version !== row.version) announceChannel(house, sql, ended);
    return ended !== null;
  });
}
