import { z } from 'zod';
import type { Positions } from '#libs/event-log';
import type { CursorSeal } from '#libs/security';

/** Where a stream stands. Sealed for a workspace: it carries no right, shows no counts and fits any filter. */
const cursorSchema = z.object({ e: z.string(), p: z.array(z.int().nonnegative()) });

export interface StreamCursor {
  readonly epoch: string;
  /** Next offset of each partition. */
  readonly positions: Positions;
}

export function sealStreamCursor(seal: CursorSeal, workspaceId: string, { epoch, positions }: StreamCursor): string {
  return seal.seal(purpose(workspaceId), { e: epoch, p: Object.values(positions) });
}

/** Null: forged, or of another workspace. */
export function openStreamCursor(seal: CursorSeal, workspaceId: string, text: string): StreamCursor | null {
  const cursor = cursorSchema.safeParse(seal.open(purpose(workspaceId), text));
  return cursor.success ? { epoch: cursor.data.e, positions: Object.fromEntries(cursor.data.p.entries()) } : null;
}

function purpose(workspaceId: string): string {
  return `stream ${workspaceId}`;
}
