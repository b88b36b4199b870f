import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SettingsStore } from './settings.store.js';

const MID_BYTES = 48;
const UINT32 = 2 ** 32;

/** All that is left to chance. With a seed everything comes again; each use draws from a stream of its own. */
@Injectable()
export class Dice {
  private readonly drawn = new Map<string, number>();
  private seeding = 0;

  constructor(private readonly settings: SettingsStore) {}

  mid(): string {
    return `m_${this.bytes('mid', MID_BYTES).toString('base64url')}`;
  }

  bytes(stream: string, length: number): Buffer {
    const { seed } = this.settings.current;
    if (this.settings.seedings !== this.seeding) this.drawn.clear();
    this.seeding = this.settings.seedings;
    if (seed === null) return randomBytes(length);
    const number = this.drawn.get(stream) ?? 0;
    this.drawn.set(stream, number + 1);
    // shake256 gives as many bytes as are asked for.
    return createHash('shake256', { outputLength: length })
      .update(`${seed}:${stream}:${String(number)}`)
      .digest();
  }

  /** 0 up to, but without, `below`. */
  below(stream: string, below: number): number {
    return Math.floor((this.bytes(stream, 4).readUInt32BE() / UINT32) * below);
  }

  happens(stream: string, share: number): boolean {
    return share > 0 && this.bytes(stream, 4).readUInt32BE() / UINT32 < share;
  }

  /** Fisher and Yates. */
  shuffle<T>(stream: string, items: readonly T[]): T[] {
    const left = [...items];
    const shuffled: T[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.below(stream, left.length), 1));
    return shuffled;
  }
}
