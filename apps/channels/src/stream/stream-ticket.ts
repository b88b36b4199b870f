import { z } from 'zod';
import type { CursorSeal } from '#libs/security';

/** What a browser opens streams with, because it can't send a key: sealed, and of no use without the key behind it. */
export interface StreamTicket {
  readonly keySha256: Buffer;
  readonly expiresAt: Date;
  /** Undefined: every channel of the workspace. */
  readonly channelIds: readonly string[] | undefined;
}

const purpose = 'stream ticket';
/** `c`: the ids as bytes, so that a hundred of them still fit a URL. */
const sealedSchema = z.object({ k: z.string(), x: z.int(), c: z.string().optional() });
const uuidHexChars = 32;

export function sealTicket(seal: CursorSeal, { keySha256, expiresAt, channelIds }: StreamTicket): string {
  const ids = channelIds && Buffer.from(channelIds.join('').replaceAll('-', ''), 'hex').toString('base64url');
  return seal.seal(purpose, { k: keySha256.toString('base64url'), x: expiresAt.getTime(), c: ids });
}

/** Null: forged, or of another installation. One whose time is over opens too. */
export function openTicket(seal: CursorSeal, text: string): StreamTicket | null {
  const sealed = sealedSchema.safeParse(seal.open(purpose, text));
  if (!sealed.success) return null;
  const { k, x, c } = sealed.data;
  return {
    keySha256: Buffer.from(k, 'base64url'),
    expiresAt: new Date(x),
    channelIds: c === undefined ? undefined : idsIn(c),
  };
}

function idsIn(bytes: string): string[] {
  const hex = Buffer.from(bytes, 'base64url').toString('hex');
  return Array.from({ length: hex.length / uuidHexChars }, (_, index) =>
    hex.slice(index * uuidHexChars, (index + 1) * uuidHexChars).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  );
}
