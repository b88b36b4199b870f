import { sqlState } from '#libs/database';

/** What PostgreSQL says of what was written, not of how things stand: 22 data, 23 constraint, 54 too large for it. */
export function isFaultOfRecord(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}
