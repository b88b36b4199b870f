import { traceIdOf } from './tracing/traceparent.js';

interface Followed {
  readonly requestId?: string | undefined;
  /** As `readTraceparent` answers it. */
  readonly traceparent?: string | undefined;
}

/** What every line about a request, or about what comes of it, has: by these its lines are found in all processes, and its trace. */
export function tagsOf({ requestId, traceparent }: Followed): {
  readonly request_id: string | undefined;
  readonly trace_id: string | undefined;
} {
  return { request_id: requestId, trace_id: traceparent === undefined ? undefined : traceIdOf(traceparent) };
}
