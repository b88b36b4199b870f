import type { Tracing } from '#libs/observability';
import { problemCodeOf } from './access-log.js';
import { isEndless } from './endless-answer.js';
import type { HttpReply, HttpRequest } from './http-types.js';
import { noteSpan, originOf } from './request-origin.js';

/**
 * The span of a request, until its answer has ended: never a body, a path as it came, or a query string. Streams, which last
 * for hours, and health have none. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function traceRequest(request: HttpRequest, reply: HttpReply, tracing: Tracing): void {
  const { is404, routeOptions, method } = request;
  const route = is404 ? undefined : routeOptions.url;
  if (route?.startsWith('/health/') === true || isEndless(routeOptions.config)) return;
  const { requestId, traceparent } = originOf(request);
  const span = tracing.begin({
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    parent: traceparent,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.scheme': request.protocol,
      'parley.request_id': requestId,
    },
  });
  noteSpan(request, span);
  reply.raw.once('close', () => {
    const { statusCode: status, writableFinished } = reply.raw;
    const attributes = { 'http.response.status_code': status, 'parley.error_code': problemCodeOf(request) };
    // a refusal is the caller's error, not the server's
    const error = writableFinished ? undefined : 'aborted';
    span.end({ attributes, error: status >= 500 ? String(status) : error });
  });
}
