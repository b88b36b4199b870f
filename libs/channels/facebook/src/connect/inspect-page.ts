import type { ChannelCredentials, InspectedChannel } from '#libs/channels/kit';
import type { GraphClient } from '../graph/graph.client.js';
import { readGraphError } from '../graph/read-graph-error.js';
import { asList, asObject, asText, idOf, isObject, type JsonObject } from '../json.js';
import { expectAnswer, refusal } from './source-refusal.js';

const NEEDED_SCOPES = ['pages_messaging', 'pages_manage_metadata'];
const MS_PER_S = 1_000;
/** What can stand in a header; anything else is no token. */
export const TOKEN = /^[\x21-\x7e]+$/;

/** Is it a token of this page, made by this app? Exchanges it for one that lasts and asks who the page is. */
export async function inspectPage(graph: GraphClient, credentials: ChannelCredentials): Promise<InspectedChannel> {
  if (!TOKEN.test(credentials.token)) throw refusal('token_invalid');
  checkToken(await debugToken(graph, credentials), credentials);
  const { token, tokenExpiresAt } = await exchange(graph, credentials);
  return {
    token,
    ...(await readPage(graph, { ...credentials, token })),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
  };
}

/** https://developers.facebook.com/docs/graph-api/reference/debug_token; it takes the token in the query only. */
export async function debugToken(graph: GraphClient, credentials: ChannelCredentials): Promise<JsonObject> {
  const { appId, secrets } = credentials.app;
  const result = await graph.call({
    method: 'GET',
    path: 'debug_token',
    token: `${appId}|${secrets[0] ?? ''}`,
    secret: secrets[0],
    query: { input_token: credentials.token },
  });
  const error = result.kind === 'answered' ? readGraphError(result.body, [credentials.token, ...secrets]) : null;
  if (error?.code === 190)
    throw refusal('graph_refused', `Facebook does not accept id and secret of app ${appId}.`, error);
  const answer = expectAnswer(result, credentials);
  return isObject(answer['data']) ? answer['data'] : answer;
}

export function checkAlive(data: JsonObject, { token, app }: Pick<ChannelCredentials, 'token' | 'app'>): void {
  if (data['is_valid'] === true) return;
  throw refusal('token_invalid', undefined, readGraphError(data, [token, ...app.secrets]) ?? undefined);
}

function checkToken(data: JsonObject, { sourceChannelId, token, app }: ChannelCredentials): void {
  checkAlive(data, { token, app });
  if (data['type'] !== 'PAGE') throw refusal('token_not_page');
  if (idOf(data['app_id']) !== app.appId) {
    throw refusal('token_invalid', `The token was made by another app than ${app.appId}: make one with this app.`);
  }
  const pageId = idOf(data['profile_id']);
  if (pageId !== undefined && pageId !== sourceChannelId) throw refusal('token_wrong_page');
  const scopes = asList(data['scopes']);
  const missing = scopes.length === 0 ? [] : NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) throw refusal('permission_missing', `The token lacks ${missing.join(' and ')}.`);
}

/** https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived */
async function exchange(
  graph: GraphClient,
  credentials: ChannelCredentials,
): Promise<Pick<InspectedChannel, 'token' | 'tokenExpiresAt'>> {
  const { app, token } = credentials;
  const result = await graph.call({
    method: 'POST',
    path: 'oauth/access_token',
    form: {
      grant_type: 'fb_exchange_token',
      client_id: app.appId,
      client_secret: app.secrets[0] ?? '',
      fb_exchange_token: token,
    },
  });
  const answer = expectAnswer(result, credentials);
  const lasting = asText(answer['access_token']);
  if (lasting === undefined) throw refusal('graph_unavailable');
  const seconds = Number(answer['expires_in']);
  // A page token taken with a long-lived user token has no end.
  return seconds > 0
    ? { token: lasting, tokenExpiresAt: new Date(Date.now() + seconds * MS_PER_S) }
    : { token: lasting };
}

/** For a page token `me` is its page, so this also proves whose token it is. */
async function readPage(
  graph: GraphClient,
  credentials: ChannelCredentials,
): Promise<Pick<InspectedChannel, 'name' | 'imageUrl'>> {
  const { token, app, sourceChannelId } = credentials;
  const query = { fields: 'id,name,picture' };
  const result = await graph.call({ method: 'GET', path: 'me', token, secret: app.secrets[0], query });
  const page = expectAnswer(result, credentials);
  if (idOf(page['id']) !== sourceChannelId) throw refusal('token_wrong_page');
  const imageUrl = asText(asObject(asObject(page['picture'])['data'])['url']);
  return { name: asText(page['name']) ?? sourceChannelId, ...(imageUrl !== undefined && { imageUrl }) };
}
