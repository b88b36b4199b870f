import type { SendOutcome, SourceExchange } from '#libs/channels/kit';
import type { Turn } from '#libs/conversations';
import type { Span, Tracing } from '#libs/observability';

/** Of the call that asked for the message, also when it is a retry, or another sender was to make it. */
export function beginTurn(tracing: Tracing, { message, tries, origin }: Turn): Span {
  const { id, source, channel_id, attempt } = message;
  return tracing.begin({
    name: 'send turn',
    kind: 'internal',
    parent: origin.traceparent,
    attributes: {
      'parley.source': source,
      'parley.channel_id': channel_id,
      'parley.message_id': id,
      'parley.attempt': attempt,
      'parley.tries': tries,
    },
  });
}

interface WatchedCall {
  readonly exchanged: (exchange: SourceExchange) => void;
  ended(outcome: SendOutcome): void;
}

/**
 * The call to the source. Its URL holds a page's id, and the source gets no header of ours: it has no use for it.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export function watchSourceCall(tracing: Tracing, { message: { source }, origin }: Turn): WatchedCall {
  const attributes = { 'parley.source': source };
  const span = tracing.begin({ name: `send ${source}`, kind: 'client', parent: origin.traceparent, attributes });
  let exchange: SourceExchange | undefined;
  return {
    exchanged: (had) => {
      exchange = had;
    },
    ended: (outcome) => {
      const failure = outcome.kind === 'accepted' ? undefined : outcome.failure;
      span.end({
        attributes: {
          'http.request.method': exchange?.method,
          'server.address': exchange?.host,
          'http.response.status_code': exchange?.status,
          'parley.outcome': outcome.kind,
          'parley.source_code': failure?.source_code,
          'parley.source_subcode': failure?.source_subcode,
          'parley.source_trace': failure?.source_trace,
        },
        error: failure?.code,
      });
    },
  };
}
