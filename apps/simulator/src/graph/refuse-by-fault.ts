import type { Fault } from './fault.store.js';
import { GraphError, refusal } from './graph-error.js';

/** The refusal that a fault means; null for a fault that spoils the answer only. */
export function refuseByFault(fault: Fault): GraphError | null {
  switch (fault.mode) {
    case '500':
      return refusal('service');
    case '429':
      return refusal('rate_limited', { status: 429 });
    case '190':
      return refusal('token_invalidated', { subcode: 460 });
    case 'refuse':
      return ordered(fault);
    default:
      return null;
  }
}

function ordered(fault: Fault): GraphError {
  const { code = 1, message = 'Refused by the simulator', subcode, status } = fault;
  return new GraphError({
    code,
    message,
    ...(subcode === undefined ? {} : { subcode }),
    ...(status === undefined ? {} : { status }),
  });
}
