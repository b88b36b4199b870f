/** Somebody whom a batch needs, and who is not PostgreSQL, does not answer. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}
