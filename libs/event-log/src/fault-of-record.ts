import { sqlState } from '#libs/database';

/** Of one record's making, so that the others may go without it: 22 data, 23 constraint, 54 too large for PostgreSQL. */
export function isFaultOfRecord(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}
