import type { ChannelCall, ChannelHouse, ConnectInput } from '#libs/channels/kit';
import { channelSchema } from '#libs/messaging';
import { z } from 'zod';
import type { GraphClient } from '../graph/graph.client.js';
import { explorePages } from './explore-pages.js';

const text = z.string().trim().min(1);
const digits = text.regex(/^\d+$/, 'must be the number of the page or app');

const connectRequest = z
  .object({
    page_id: digits,
    page_token: text,
    name: text.nullish(),
    image_url: z.url({ protocol: /^https?$/ }).nullish(),
    app_id: digits.nullish(),
    app_secret: text.nullish(),
    verify_token: text.nullish(),
  })
  .check(({ value, issues }) => {
    const isAlone = (value.app_secret ?? value.verify_token ?? null) !== null && (value.app_id ?? null) === null;
    const message = 'needed beside app_secret and verify_token';
    if (isAlone) issues.push({ code: 'custom', path: ['app_id'], message, input: value });
  });

const connectRefusals: NonNullable<ChannelCall['refusals']> = [
  'page_taken',
  'token_invalid',
  'token_not_page',
  'token_wrong_page',
  'permission_missing',
  'graph_refused',
  'graph_unavailable',
  'graph_timeout',
];

type ConnectRequest = z.infer<typeof connectRequest>;

/** `defaultVerifyToken` is used for an app that is registered without one of its own. */
export function connectCall(defaultVerifyToken: string): ChannelCall {
  const call: ChannelCall<typeof connectRequest, typeof channelSchema> = {
    name: 'channels.facebook.connect',
    scope: 'channels.write',
    summary: 'Connects a Facebook page',
    request: connectRequest,
    answer: channelSchema,
    idempotent: true,
    refusals: connectRefusals,
    examples: { 'A page, with a token of it': { page_id: '110000000000001', page_token: 'EAAG…' } },
    run: (house, workspaceId, request) => house.connect(workspaceId, inputOf(request, defaultVerifyToken)),
  };
  return call;
}

const exploreRequest = z
  .object({
    auth_token: text.nullish().describe('The token of a user'),
    token: text.nullish().describe('Airy’s name for auth_token'),
  })
  .check(({ value, issues }) => {
    const isGiven = (value.auth_token ?? value.token ?? null) !== null;
    if (!isGiven) issues.push({ code: 'custom', path: ['auth_token'], message: 'needed', input: value });
  });

const exploreAnswer = z.strictObject({
  data: z.array(
    z.strictObject({ page_id: z.string(), name: z.string(), image_url: z.string().nullable(), connected: z.boolean() }),
  ),
});

export function exploreCall(graph: GraphClient): ChannelCall {
  const call: ChannelCall<typeof exploreRequest, typeof exploreAnswer> = {
    name: 'channels.facebook.explore',
    scope: 'channels.read',
    summary: 'Facebook pages that the user of a token may connect',
    request: exploreRequest,
    answer: exploreAnswer,
    aliases: ['facebook.channels.explore'],
    idempotent: false,
    refusals: ['token_invalid', 'permission_missing', 'graph_refused', 'graph_unavailable', 'graph_timeout'],
    run: (house, workspaceId, request) => explore(graph, house, workspaceId, request.auth_token ?? request.token ?? ''),
  };
  return call;
}

async function explore(
  graph: GraphClient,
  house: ChannelHouse,
  workspaceId: string,
  token: string,
): Promise<z.infer<typeof exploreAnswer>> {
  const pages = await explorePages(graph, await house.apps(workspaceId), token);
  const connected = await house.connected(
    workspaceId,
    pages.map(({ id }) => id),
  );
  const data = pages.map(({ id, name, imageUrl }) => ({
    page_id: id,
    name,
    image_url: imageUrl,
    connected: connected.has(id),
  }));
  return { data };
}

const disconnectRequest = z.object({ channel_id: z.string() });

const disconnect: ChannelCall<typeof disconnectRequest> = {
  name: 'channels.facebook.disconnect',
  scope: 'channels.write',
  summary: 'Disconnects a Facebook page; its conversations stay',
  request: disconnectRequest,
  answer: null,
  idempotent: false,
  run: (house, workspaceId, { channel_id: channelId }) => house.disconnect(workspaceId, channelId),
};
export const disconnectCall: ChannelCall = disconnect;

function inputOf(request: ConnectRequest, defaultVerifyToken: string): ConnectInput {
  return {
    sourceChannelId: request.page_id,
    token: request.page_token,
    name: request.name ?? undefined,
    imageUrl: request.image_url ?? undefined,
    app: appOf(request, defaultVerifyToken),
  };
}

function appOf(request: ConnectRequest, defaultVerifyToken: string): ConnectInput['app'] {
  if (typeof request.app_id !== 'string') return undefined;
  const secret = request.app_secret ?? undefined;
  const spare = secret === undefined || defaultVerifyToken === '' ? undefined : defaultVerifyToken;
  return { appId: request.app_id, secret, verifyToken: request.verify_token ?? spare };
}
