import type { ChannelCall, ConnectInput } from '#libs/channels/kit';
import { channelSchema } from '#libs/messaging';
import { z } from 'zod';

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
    run: (house, workspaceId, request) => house.connect(workspaceId, inputOf(request, defaultVerifyToken)),
  };
  return call;
}

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
