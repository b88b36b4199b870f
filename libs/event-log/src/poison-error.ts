/** Thrown by a handler for a record that can never be handled: it goes to the dead letter, its neighbours go on. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError';
}
