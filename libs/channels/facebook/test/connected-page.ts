import type { ChannelConnector, ChannelCredentials } from '#libs/channels/kit';
import { facebook } from '../src/facebook.js';

export const APP_ID = '290000000000001';
export const PAGE_ID = '108200000000001';

export const credentials: ChannelCredentials = {
  sourceChannelId: PAGE_ID,
  token: 'page-token',
  app: { appId: APP_ID, secrets: ['app-secret', 'old-secret'], verifyToken: 'v', workspaceId: null },
};

export function connectorTo(graphUrl: string): ChannelConnector {
  const configured = facebook.configure({ FACEBOOK_GRAPH_URL: graphUrl });
  if (!configured.ok) throw new Error(configured.problems.join('\n'));
  return configured.connector;
}
