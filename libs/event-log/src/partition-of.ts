import { createHash } from 'node:crypto';

/** The same on every adapter and in every version: a key never changes its partition. */
export function partitionOf(key: string, partitions: number): number {
  return createHash('sha1').update(key, 'utf8').digest().readUInt32BE(0) % partitions;
}
