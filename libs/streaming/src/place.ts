import type { Positions } from '#libs/event-log';
import type { CursorSeal } from '#libs/security';
import { sealStreamCursor } from './stream-cursor.js';

/** Where the hub stood at some moment. Whoever has heard all up to it shares one cursor: to seal one costs more than to write a frame. */
export class Place {
  private readonly cursors = new Map<string, string>();

  constructor(
    readonly positions: Positions,
    private readonly seal: CursorSeal,
  ) {}

  cursor(workspaceId: string, epoch: string): string {
    const name = `${workspaceId} ${epoch}`;
    const known = this.cursors.get(name);
    if (known !== undefined) return known;
    const cursor = sealStreamCursor(this.seal, workspaceId, { epoch, positions: this.positions });
    this.cursors.set(name, cursor);
    return cursor;
  }

  /** Nothing of this lies before it. */
  isBehind(positions: Positions): boolean {
    return Object.entries(positions).some(([partition, offset]) => offset > (this.positions[Number(partition)] ?? 0));
  }
}
