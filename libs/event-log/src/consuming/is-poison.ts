import { sqlState } from '#libs/database';
import { PoisonError } from '../poison-error.js';

/** Thrown by PostgreSQL for what was written, not for how things stand: 22 data exception, 23 constraint violation. */
function isRefusedData(error: unknown): boolean {
  return (
    /^2[23]/.test(sqlState(error) ?? '') ||
    (error instanceof Error && error.cause !== undefined && isRefusedData(error.cause))
  );
}

export function isPoison(error: unknown): boolean {
  return error instanceof PoisonError || isRefusedData(error);
}
