import { WrongKafkaError } from './wrong-kafka-error.js';

const faultsOfRecord = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** What a broker has said, by the name of its code: https://kafka.apache.org/protocol#protocol_error_codes. Undefined: none did. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return refusalOf(error.cause);
}

/** Of one of the records that were sent, whichever it is. */
export function isFaultOfSent(error: unknown): boolean {
  return faultsOfRecord.has(refusalOf(error) ?? '');
}

/** Kafka is there, and another process would hear the same of it. */
export function isAnswer(error: unknown): boolean {
  return error instanceof WrongKafkaError || refusalOf(error) !== undefined;
}
