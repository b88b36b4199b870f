import { isFaultOfRecord } from '../fault-of-record.js';
import { PoisonError } from '../poison-error.js';

function isRefused(error: unknown): boolean {
  return isFaultOfRecord(error) || (error instanceof Error && isRefused(error.cause));
}

export function isPoison(error: unknown): boolean {
  return error instanceof PoisonError || isRefused(error);
}
