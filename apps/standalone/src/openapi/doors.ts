import type { ChannelConnector } from '#libs/channels/kit';
import type { JsonSchema } from '#libs/http';
import { updateSchema } from '#libs/messaging';
import type { DescribedDoor, SchemaBook } from '#libs/openapi';
import { webhookDoors } from './webhook-doors.js';

type Doors = Readonly<Record<string, DescribedDoor>>;

/** What is served and is no call, by method and path. */
export function describeDoors(book: SchemaBook, connectors: readonly ChannelConnector[]): Doors {
  return { ...streamDoors(book), ...healthDoors(), ...referenceDoors(), ...webhookDoors(connectors) };
}

function streamDoors(book: SchemaBook): Doors {
  const update = book.schemaOf(updateSchema, 'output');
  return {
    'GET /stream': {
      tag: 'stream',
      summary: 'Every change of the workspace as it happens, as server-sent events',
      description:
        'Each event has the cursor as `id`, the type of the Update as `event` and the Update as `data`. The 200 is sent once the ' +
        'subscription stands: open it, then load by calls, then apply what comes by `version`. An event without data is a ' +
        'heartbeat that carries the cursor on; `cursor_expired` says that there may be a gap before it. An Update may come ' +
        'twice after a fault, with the same `id`.',
      scope: 'stream.read',
      parameters: [
        ...streamParameters,
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'Where to go on; wins over `cursor`.',
          schema: { type: 'string' },
        },
      ],
      answers: {
        200: {
          description: 'The stream; it does not end by itself.',
          content: {
            'text/event-stream': {
              schema: { type: 'string', contentMediaType: 'application/json', contentSchema: update },
            },
          },
        },
      },
      refusals: streamRefusals,
    },
    'GET /ws': {
      tag: 'stream',
      summary: 'The same as /stream, as a WebSocket',
      description:
        'One `{cursor, update}` in each text frame; the first frame is `{type: "stream.ready", cursor}`. Closed with 4401 when the ' +
        'key is gone, 4408 when the reader is too slow, 1012 at a restart.',
      scope: 'stream.read',
      parameters: streamParameters,
      answers: {
        101: {
          description: 'The WebSocket; what its frames hold is shown here.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { cursor: { type: 'string' }, update },
                required: ['cursor', 'update'],
              },
            },
          },
        },
      },
      refusals: streamRefusals,
    },
  };
}

const streamRefusals: DescribedDoor['refusals'] = [
  'invalid_request',
  'cursor_invalid',
  'unauthorized',
  'scope_missing',
  'rate_limited',
  'internal',
  'unavailable',
];

const streamParameters: readonly JsonSchema[] = [
  queryOf('cursor', 'Where to go on; `earliest` is the oldest that is kept, none is from now on.'),
  queryOf('channel_id', 'Only these channels: ids, separated by commas.'),
  queryOf('conversation_id', 'Only these conversations: ids, separated by commas.'),
  queryOf('types', 'Only Updates of these types, separated by commas.'),
  queryOf('ticket', 'In place of the key, for browsers. Made by `stream.ticket`.'),
];

function queryOf(name: string, description: string): JsonSchema {
  return { name, in: 'query', description, schema: { type: 'string' } };
}

function healthDoors(): Doors {
  const detail = { type: 'object', properties: { status: { type: 'string' }, reason: { type: 'string' } } };
  const state = {
    type: 'object',
    properties: { status: { type: 'string' }, details: { type: 'object', additionalProperties: detail } },
    required: ['status', 'details'],
  };
  return {
    'GET /health/live': {
      tag: 'health',
      summary: 'Whether the process runs; depends on nothing else',
      answers: {
        200: jsonOf('It runs.', {
          type: 'object',
          properties: { status: { const: 'ok' } },
          required: ['status'],
        }),
      },
      refusals: [],
    },
    'GET /health/ready': {
      tag: 'health',
      summary: 'Whether the process can do its work, and which part keeps it from it',
      answers: { 200: jsonOf('It can.', state), 503: jsonOf('It can not.', state) },
      refusals: [],
    },
  };
}

function referenceDoors(): Doors {
  const text = { schema: { type: 'string' } };
  const page = { 200: { description: 'The page.', content: { 'text/html': text } } };
  return {
    'GET /openapi.json': {
      tag: 'reference',
      summary: 'This document',
      answers: { 200: jsonOf('OpenAPI 3.1.', { type: 'object', required: ['openapi', 'info', 'paths'] }) },
      refusals: [],
    },
    'GET /docs': { tag: 'reference', summary: 'This document as a page', answers: page, refusals: [] },
    'GET /docs/errors': { tag: 'reference', summary: 'What each code of a problem means', answers: page, refusals: [] },
    'GET /docs/{file}': {
      tag: 'reference',
      summary: 'Parts of the page',
      parameters: [{ name: 'file', in: 'path', required: true, schema: { type: 'string' } }],
      answers: { 200: { description: 'The file.', content: { 'text/javascript': text, 'text/css': text } } },
      refusals: ['not_found'],
    },
  };
}

function jsonOf(description: string, schema: JsonSchema): JsonSchema {
  return { description, content: { 'application/json': { schema } } };
}
