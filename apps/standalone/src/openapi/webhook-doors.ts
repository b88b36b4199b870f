import type { ChannelConnector } from '#libs/channels/kit';
import type { JsonSchema } from '#libs/http';
import type { DescribedDoor } from '#libs/openapi';

const text = { 'text/plain': { schema: { type: 'string' } } };

const channelId: JsonSchema = {
  name: 'channel_id',
  in: 'path',
  required: true,
  description: 'A channel of the app that calls; its secrets and its verify token are taken.',
  schema: { type: 'string' },
};

/** What the source itself calls. */
export function webhookDoors(connectors: readonly ChannelConnector[]): Readonly<Record<string, DescribedDoor>> {
  return Object.fromEntries(
    connectors.flatMap((connector) =>
      pathsOf(connector).flatMap((path) => [
        [`GET ${path}`, handshakeDoor(connector)],
        [`POST ${path}`, receivingDoor(connector)],
      ]),
    ),
  );
}

function pathsOf({ source, webhook }: ChannelConnector): string[] {
  return [`/webhooks/${source}`, ...webhook.extraPaths, `/webhooks/${source}/{channel_id}`];
}

function handshakeDoor({ source }: ChannelConnector): DescribedDoor {
  return {
    tag: 'webhooks',
    summary: `The handshake by which ${source} verifies the URL`,
    description: `The query is that of ${source}; unknown parameters are accepted.`,
    parameters: [channelId],
    answers: { 200: { description: 'The challenge, as it came.', content: text } },
    refusals: ['signature_invalid', 'not_found', 'internal', 'unavailable'],
  };
}

function receivingDoor({ source }: ChannelConnector): DescribedDoor {
  return {
    tag: 'webhooks',
    summary: `Takes what ${source} tells, up to 4 MiB`,
    description: `Signed over its bytes, as ${source} does. A 200 means that it is durable; a body whose signature is right is never refused.`,
    parameters: [channelId],
    requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
    answers: { 200: { description: 'It is safe.', content: text } },
    refusals: ['signature_invalid', 'not_found', 'body_too_large', 'internal', 'unavailable'],
  };
}
