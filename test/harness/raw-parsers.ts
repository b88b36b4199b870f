/** An Update, as far as a crowd of readers is compared by it. */
export interface ToldUpdate {
  readonly id: string;
  readonly type: string;
  /** Empty: it is about a channel. */
  readonly conversationId: string;
  readonly text: string;
}

export interface Part {
  readonly cursor?: string;
  readonly update?: ToldUpdate;
  readonly isExpired?: true;
  readonly isPing?: true;
  readonly closeCode?: number;
  /** The answer is over; its connection may serve another. */
  readonly isLast?: true;
}

export type PartParser = (chunk: Buffer) => readonly Part[];

interface WholeUpdate {
  readonly id: string;
  readonly type: string;
  readonly conversation_id?: string;
  readonly payload: { readonly message?: { readonly content: { readonly text?: string } } };
}

const nothing = Buffer.alloc(0);
const opcodes = { close: 8, ping: 9 };
const chunkEnd = '\r\n';

/** Chunks of HTTP/1.1 (RFC 9112 §7.1), and in them blocks of lines. */
export function sseParser(): PartParser {
  let raw: Buffer = nothing;
  let body = '';
  return (chunk) => {
    raw = raw.length === 0 ? chunk : Buffer.concat([raw, chunk]);
    for (let next = chunkOf(raw); next !== undefined; next = chunkOf(raw)) {
      body += next.data.toString('latin1');
      raw = raw.subarray(next.size);
      if (next.data.length === 0) return [{ isLast: true }];
    }
    const blocks = body.split('\n\n');
    body = blocks.pop() ?? '';
    return blocks.map(partOfBlock);
  };
}

function chunkOf(raw: Buffer): { readonly data: Buffer; readonly size: number } | undefined {
  const lineEnd = raw.indexOf(chunkEnd);
  if (lineEnd === -1) return undefined;
  const length = parseInt(raw.toString('latin1', 0, lineEnd), 16);
  const from = lineEnd + chunkEnd.length;
  const size = from + length + chunkEnd.length;
  return raw.length < size ? undefined : { data: raw.subarray(from, from + length), size };
}

function partOfBlock(block: string): Part {
  const valueOf = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const cursor = valueOf('id') ?? '';
  if (valueOf('event') === 'cursor_expired') return { cursor, isExpired: true };
  const data = valueOf('data');
  return data === undefined ? { cursor } : { cursor, update: toldOf(JSON.parse(data) as WholeUpdate) };
}

/** Frames of RFC 6455 §5.2 as a server sends them: whole and without a mask. */
export function frameParser(): PartParser {
  let raw: Buffer = nothing;
  return (chunk) => {
    raw = raw.length === 0 ? chunk : Buffer.concat([raw, chunk]);
    const parts: Part[] = [];
    for (let next = frameOf(raw); next !== undefined; next = frameOf(raw)) {
      parts.push(partOfFrame(next.opcode, next.data));
      raw = raw.subarray(next.size);
    }
    return parts;
  };
}

interface RawFrame {
  readonly opcode: number;
  readonly data: Buffer;
  readonly size: number;
}

function frameOf(raw: Buffer): RawFrame | undefined {
  if (raw.length < 2) return undefined;
  const short = raw.readUInt8(1);
  const from = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (raw.length < from) return undefined;
  const length = short < 126 ? short : short === 126 ? raw.readUInt16BE(2) : Number(raw.readBigUInt64BE(2));
  const size = from + length;
  return raw.length < size ? undefined : { opcode: raw.readUInt8(0) & 15, data: raw.subarray(from, size), size };
}

function partOfFrame(opcode: number, data: Buffer): Part {
  if (opcode === opcodes.close) return { closeCode: data.readUInt16BE(0) };
  if (opcode === opcodes.ping) return { isPing: true };
  const frame = JSON.parse(data.toString('latin1')) as { cursor: string; type?: string; update?: WholeUpdate };
  if (frame.type === 'cursor_expired') return { cursor: frame.cursor, isExpired: true };
  return frame.update === undefined ? { cursor: frame.cursor } : { cursor: frame.cursor, update: toldOf(frame.update) };
}

function toldOf({ id, type, conversation_id: conversationId = '', payload }: WholeUpdate): ToldUpdate {
  return { id, type, conversationId, text: payload.message?.content.text ?? '' };
}
