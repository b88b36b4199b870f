import type { ChannelCredentials, HeldSubscription } from '#libs/channels/kit';
import type { GraphCall, GraphClient } from '../graph/graph.client.js';
import { asList, idOf, isObject, type JsonObject } from '../json.js';
import { expectAnswer, refusal } from './source-refusal.js';

/**
 * Everything of a page that Parley reads. Not `response_feedback`: it would put thumbs below every message that is sent.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks#webhook-fields
 */
const SUBSCRIBED_FIELDS: readonly string[] = [
  'messages',
  'messaging_postbacks',
  'messaging_optins',
  'message_deliveries',
  'message_reads',
  'message_echoes',
  'message_edits',
  'message_reactions',
  'messaging_referrals',
  'messaging_handovers',
  'messaging_policy_enforcement',
  'messaging_account_linking',
  'messaging_feedback',
  'messaging_customer_information',
  'messaging_game_plays',
  'messaging_in_thread_lead_form_submit',
  'standby',
  'send_cart',
  'message_template_status_update',
  'feed',
];

/** Subscribes, then reads back what Facebook holds: its "success" alone proves nothing. */
export async function subscribePage(graph: GraphClient, credentials: ChannelCredentials): Promise<readonly string[]> {
  const body = { subscribed_fields: SUBSCRIBED_FIELDS.join(',') };
  expectSuccess(await callApps(graph, credentials, { method: 'POST', body }));
  const { fields, missing } = await readSubscription(graph, credentials);
  if (missing.length === 0) return fields;
  throw refusal('graph_refused', `Facebook did not subscribe the page to ${missing.join(', ')}.`);
}

export async function readSubscription(graph: GraphClient, credentials: ChannelCredentials): Promise<HeldSubscription> {
  const fields = heldFields(await callApps(graph, credentials, { method: 'GET' }), credentials.app.appId);
  return { fields, missing: SUBSCRIBED_FIELDS.filter((field) => !fields.includes(field)) };
}

export async function unsubscribePage(graph: GraphClient, credentials: ChannelCredentials): Promise<void> {
  expectSuccess(await callApps(graph, credentials, { method: 'DELETE' }));
}

/** https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps */
async function callApps(
  graph: GraphClient,
  credentials: ChannelCredentials,
  call: Pick<GraphCall, 'method' | 'body'>,
): Promise<JsonObject> {
  const { sourceChannelId, token, app } = credentials;
  const path = `${encodeURIComponent(sourceChannelId)}/subscribed_apps`;
  return expectAnswer(await graph.call({ ...call, path, token, secret: app.secrets[0] }), credentials);
}

/** Facebook's page prints the text "true". */
function expectSuccess({ success }: JsonObject): void {
  if (success !== true && success !== 'true') throw refusal('graph_refused');
}

function heldFields(answer: JsonObject, appId: string): readonly string[] {
  const app = asList(answer['data'])
    .filter(isObject)
    .find(({ id }) => idOf(id) === appId);
  return asList(app?.['subscribed_fields']).filter((field) => typeof field === 'string');
}
