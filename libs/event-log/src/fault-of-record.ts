import { sqlState } from '#libs/database';
import { isFaultOfSent } from './kafka/kafka-refusal.js';
import { OversizedRecordError } from './record-size.js';

/** What PostgreSQL says of what was written, not of how things stand: 22 data, 23 constraint, 54 too large for it. Or Kafka, or we. */
export function isFaultOfRecord(error: unknown): boolean {
  return error instanceof OversizedRecordError || isFaultOfSent(error) || /^(22|23|54)/.test(sqlState(error) ?? '');
}
