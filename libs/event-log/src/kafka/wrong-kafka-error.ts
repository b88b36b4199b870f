/** It will not become right by itself: somebody has to change the topic or the configuration. */
export class WrongKafkaError extends Error {
  override readonly name = 'WrongKafkaError';
}
