import { channelDefinitions } from '#libs/channels/all';
import type { ChannelConnector, SendOutcome } from '#libs/channels/kit';
import { channelConnectionStore, type Database } from '#libs/database';
import type { Failure } from '#libs/messaging';

export const workspace = '0190f3a2-0000-7000-8000-000000000001';
export const appId = '290000000000001';

export const connector = configure();

function configure(): ChannelConnector {
  const [definition] = channelDefinitions;
  const configured = definition?.configure({ FACEBOOK_APP_ID: appId, FACEBOOK_APP_SECRET: 'app-secret-0000000000' });
  if (configured?.ok !== true) throw new Error('The channel could not be configured');
  return configured.connector;
}

const failure: Failure = { code: 'graph_refused', category: 'request', retryable: false, message: 'No.' };

export const refused: SendOutcome = { kind: 'refused', failure };
export const unknown: SendOutcome = { kind: 'unknown', failure };
export const notSent = (retryAfterMs?: number): SendOutcome => ({
  kind: 'not_sent',
  failure: { ...failure, retryable: true },
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
export const reauth = (message: string): SendOutcome => ({ kind: 'reauth', failure: { ...failure, message } });
export const accepted = (mid: string, at = new Date()): SendOutcome => ({
  kind: 'accepted',
  sourceMessageId: mid,
  sourceSentAt: at.toISOString(),
});

export async function connectPage(database: Database): Promise<string> {
  return database.transaction(async (sql) => {
    const page = { source_app_id: appId, name: 'Page', image_url: null, token_expires_at: null };
    const put = await channelConnectionStore.putConnecting(workspace, sql, {
      ...page,
      proposed_id: '0190f3a2-7b1c-7def-8abc-1234567890ab',
      source: 'facebook',
      source_channel_id: '108200000000001',
      sealToken: () => 'sealed',
    });
    if (put.kind === 'taken') throw new Error('The page is taken');
    await channelConnectionStore.markConnected(workspace, sql, put.channel, {
      ...page,
      token_sealed: 'sealed',
      subscribed_fields: [],
      health: { state: 'connected', reason: null },
    });
    return put.channel.id;
  });
}

/** The same database, in whose second transaction something happens first. */
export function beforeSecond(database: Database, happens: () => Promise<unknown>): Database {
  let begun = 0;
  return {
    ...database,
    transaction: async (work) => {
      begun += 1;
      if (begun === 2) await happens();
      return database.transaction(work);
    },
  };
}
