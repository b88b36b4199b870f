import { hash } from 'node:crypto';

/** The same on every adapter and in every version: a key never changes its partition. */
export function partitionOf(key: string, partitions: number): number {
  return hash('sha1', key, 'buffer').readUInt32BE(0) % partitions;
}
