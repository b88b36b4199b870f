import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '#libs/errors';
import type { CursorSeal } from '#libs/security';
import { readStreamStart, type StreamFilter, type StreamStart } from '#libs/streaming';
import type { Query } from './key-in-url.js';
import type { StreamGrant } from './stream-access.js';

/** What of the stream is wanted, and from where on. */
export interface StreamView {
  readonly filter: StreamFilter;
  readonly start: StreamStart;
}

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly query: Query;
}

export function readStreamRequest(seal: CursorSeal, { caller, channelIds }: StreamGrant, asked: Asked): StreamView {
  const { headers, query } = asked;
  return {
    start: startOf(seal, caller.workspaceId, cursorOf(headers, query)),
    filter: {
      channelIds: both(channelIds, setOf(query['channel_id'])),
      conversationIds: setOf(query['conversation_id']),
      types: setOf(query['types']),
    },
  };
}

/** What a browser's EventSource knows from its last connection wins over what its URL says. */
function cursorOf({ 'last-event-id': lastEventId }: IncomingHttpHeaders, query: Query): unknown {
  return typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : query['cursor'];
}

function startOf(seal: CursorSeal, workspaceId: string, cursor: unknown): StreamStart {
  const isText = cursor === undefined || typeof cursor === 'string';
  const start = isText ? readStreamStart(seal, workspaceId, cursor) : null;
  if (start === null) throw new AppError('cursor_invalid', 'This cursor was not given by a stream of this workspace.');
  return start;
}

/** Comma-separated, or the parameter repeated. */
function setOf(value: unknown): ReadonlySet<string> | undefined {
  const texts = [value].flat().filter((text): text is string => typeof text === 'string' && text !== '');
  return texts.length === 0 ? undefined : new Set(texts.flatMap((text) => text.split(',')));
}

/** What a ticket allows can be narrowed, never widened. */
function both(
  allowed: ReadonlySet<string> | undefined,
  wanted: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (allowed === undefined || wanted === undefined) return allowed ?? wanted;
  return new Set([...wanted].filter((id) => allowed.has(id)));
}
