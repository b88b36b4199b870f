import { errorRow } from './error-table.js';
import type { Fault } from './fault.store.js';
import { GraphError, refusal } from './graph-error.js';

/** The refusal that a fault means; null for a fault that spoils the answer only. */
export function refuseByFault(fault: Fault): GraphError | null {
  const { headers } = fault;
  switch (fault.mode) {
    case '500':
      return refusal('service', { headers });
    case '429':
      return refusal('rate_limited', { status: 429, headers: { ...retryAfter(fault), ...headers } });
    case '190':
      return refusal('token_invalidated', { subcode: fault.subcode ?? 460, headers });
    case 'refuse':
      return ordered(fault);
    default:
      return null;
  }
}

function ordered(fault: Fault): GraphError {
  const { code = 1, subcode, message, status, headers } = fault;
  return new GraphError({
    ...errorRow(code, subcode),
    ...(message === undefined ? {} : { message }),
    ...(status === undefined ? {} : { status }),
    headers,
  });
}

/** Facebook's pages do not promise it: only if ordered. */
function retryAfter(fault: Fault): Record<string, string> {
  return fault.retry_after === undefined ? {} : { 'Retry-After': String(fault.retry_after) };
}
