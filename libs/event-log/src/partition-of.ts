import { hash } from 'node:crypto';

/** The same on every adapter and in every version: a key never changes its partition. */
export function partitionOf(key: string, partitions: number): number {
  // as text: a buffer from the hash costs more than the hash
  return Number.parseInt(hash('sha1', key, 'hex').slice(0, 8), 16) % partitions;
}
