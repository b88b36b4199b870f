import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { frameParser, sseParser, type Part, type PartParser, type ToldUpdate } from './raw-parsers.js';

export interface RawRequest {
  readonly url: string;
  readonly key: string;
  readonly kind: 'sse' | 'ws';
  readonly cursor?: string;
  readonly query?: Readonly<Record<string, string>>;
}

const headEnd = '\r\n\r\n';
/** Masked with zeros, empty: RFC 6455 §5.5.3. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const closing = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** Reads either stream over a bare socket: a thousand of Node's clients would cost the test more than the product. */
export class RawReader {
  readonly told: ToldUpdate[] = [];
  /** The cursor to resume from. */
  lastId = '';
  isOpen = true;
  isExpired = false;
  /** Of a WebSocket. */
  closeCode: number | undefined;
  private head = '';
  private parse: PartParser | undefined;
  private opened: () => void = () => undefined;

  private constructor(
    readonly request: RawRequest,
    private readonly socket: Socket,
  ) {
    socket.on('data', (chunk) => {
      const rest = this.parse === undefined ? this.takeHead(chunk) : chunk;
      for (const part of this.parse?.(rest) ?? []) this.keep(part);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isOpen = false;
    });
  }

  /** Resolves when the subscription stands: with its first cursor. */
  static async open(request: RawRequest): Promise<RawReader> {
    const { hostname, port } = new URL(request.url);
    const socket = connect(Number(port), hostname);
    const reader = new RawReader(request, socket);
    await new Promise<void>((resolve, reject) => {
      reader.opened = resolve;
      socket.on('close', () => {
        reject(new Error(`A stream was not opened: ${reader.head.slice(0, 300)}`));
      });
      socket.write(headOf(request));
    });
    return reader;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  /** Answers what came behind it. */
  private takeHead(chunk: Buffer): Buffer {
    const before = this.head.length;
    this.head += chunk.toString('latin1');
    const end = this.head.indexOf(headEnd);
    const { kind } = this.request;
    if (end === -1 || !this.head.startsWith(kind === 'ws' ? 'HTTP/1.1 101' : 'HTTP/1.1 200')) return chunk;
    this.parse = kind === 'ws' ? frameParser() : sseParser();
    return chunk.subarray(end + headEnd.length - before);
  }

  /** RFC 6455 §5.5.1: who is told the end answers it. */
  private endWith(code: number): void {
    this.closeCode = code;
    this.isOpen = false;
    this.socket.end(closing);
  }

  private keep({ cursor, update, isExpired, isPing, closeCode, isLast }: Part): void {
    if (isLast === true) this.close();
    if (isPing === true) this.socket.write(pong);
    if (closeCode !== undefined) this.endWith(closeCode);
    this.isExpired ||= isExpired === true;
    if (update !== undefined) this.told.push(update);
    if (cursor === undefined) return;
    this.lastId = cursor;
    this.opened();
  }
}

function headOf({ kind, key, cursor, query = {} }: RawRequest): string {
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ];
  return [
    `GET ${kind === 'ws' ? '/ws' : '/stream'}?${new URLSearchParams(query).toString()} HTTP/1.1`,
    'Host: parley.example',
    `Authorization: Bearer ${key}`,
    ...(cursor === undefined ? [] : [`Last-Event-ID: ${cursor}`]),
    ...(kind === 'ws' ? upgrade : []),
    '\r\n',
  ].join('\r\n');
}
