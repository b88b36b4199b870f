import { hash, randomFillSync } from 'node:crypto';

const namespaceBytes = 16;
/** No id of a source comes near it. */
const roomyChars = 1_024;
const maxCharBytes = 3;
/** What is hashed: a namespace, the one that came last, and room for a name behind it. */
const room = Buffer.alloc(namespaceBytes + roomyChars * maxCharBytes);
let inRoom = '';

/**
 * Ids that are functions of their source, so that whatever arrives twice lands on the same row.
 * They may never change: `ids.spec.ts` holds golden values made with another tool.
 * Our own code instead of the `uuid` package: 0.5 µs a call against 2.4 (docs/adr/0003).
 */
export function uuid5(namespace: string, name: string): string {
  // as text: a buffer from the hash costs more than the hash
  const hex = hash('sha1', bytesOf(namespace, name), 'hex');
  const variant = variants.charAt(Number.parseInt(hex.charAt(16), 16) & 0x3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function bytesOf(namespace: string, name: string): Buffer {
  if (name.length > roomyChars) return Buffer.concat([Buffer.from(hexOf(namespace), 'hex'), Buffer.from(name)]);
  if (namespace !== inRoom) {
    room.write(hexOf(namespace), 'hex');
    inRoom = namespace;
  }
  return room.subarray(0, namespaceBytes + room.write(name, namespaceBytes));
}

function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

/** The two bits of RFC 9562, before two of the hash. */
const variants = '89ab';

/** A conversation is a contact on a channel. */
export function conversationId(channelId: string, sourceContactId: string): string {
  return uuid5(channelId, sourceContactId);
}

/** A message that came from the source is its mid on a channel. */
export function messageId(channelId: string, sourceMessageId: string): string {
  return uuid5(channelId, sourceMessageId);
}

/** Drawn from the system in one go for many ids: 30 µs a draw. */
const random = Buffer.allocUnsafe(16 * 256);
let drawn = random.length;

/** UUIDv7 (RFC 9562): time first, so that new rows land side by side in an index. */
export function uuid7(nowMs: number): string {
  if (drawn === random.length) {
    randomFillSync(random);
    drawn = 0;
  }
  const bytes = random.subarray(drawn, drawn + 16);
  drawn += 16;
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
