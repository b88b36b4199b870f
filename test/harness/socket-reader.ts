import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { updateSchema, type Update } from '#libs/messaging';
import { StreamRefused, type Arrival, type StreamRequest, type UpdateReader } from './stream-reader.js';
import { waitFor } from './wait-for.js';

export interface SocketRequest extends StreamRequest {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const frameSchema = z.union([
  z.strictObject({ cursor: z.string().min(1), update: updateSchema }),
  z.strictObject({ type: z.enum(['stream.ready', 'stream.heartbeat', 'cursor_expired']), cursor: z.string().min(1) }),
]);
type Frame = z.infer<typeof frameSchema> & {
  /** performance.now() of its arrival. */
  readonly at: number;
};

/** Reads `WS /ws` and keeps everything that came. */
export class SocketReader implements UpdateReader {
  readonly frames: Frame[] = [];
  /** performance.now() of each. */
  readonly pings: number[] = [];
  closing: Closing | undefined;

  private constructor(
    readonly socket: WebSocket,
    heard: StreamRequest['heard'],
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) throw new Error('A frame is not text');
      const frame = data.toString('utf8');
      heard?.(frame);
      this.frames.push({ ...frameSchema.parse(JSON.parse(frame)), at: performance.now() });
    });
    socket.on('ping', () => this.pings.push(performance.now()));
    socket.on('close', (code, reason) => {
      this.closing = { code, reason: reason.toString('utf8') };
    });
    socket.on('error', () => undefined);
  }

  /** Resolves with the 101; the first frame comes when the subscription stands. */
  static async open(request: SocketRequest): Promise<SocketReader> {
    const { url, key, query = {}, lastEventId, heard, path = '/ws', headers = {} } = request;
    const target = new URL(path, url.replace(/^http/, 'ws'));
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    const socket = new WebSocket(target, {
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        ...headers,
      },
    });
    // before the first frame can come
    const reader = new SocketReader(socket, heard);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_, response: IncomingMessage) => {
        void text(response).then((body) => {
          reject(new StreamRefused(response.statusCode ?? 0, body, response.headers));
        });
      });
    });
    return reader;
  }

  get isOpen(): boolean {
    return this.closing === undefined;
  }

  get isExpired(): boolean {
    return this.frames.some((frame) => 'type' in frame && frame.type === 'cursor_expired');
  }

  get arrivals(): readonly Arrival[] {
    return this.frames.flatMap((frame) => ('update' in frame ? [frame] : []));
  }

  get updates(): readonly Update[] {
    return this.arrivals.map(({ update }) => update);
  }

  /** The cursor to resume from. */
  get lastId(): string {
    const last = this.frames.at(-1);
    if (last === undefined) throw new Error('The socket has not told a cursor yet');
    return last.cursor;
  }

  waitForReady(): Promise<Frame> {
    return waitFor('the first frame of the socket', () => this.frames[0]);
  }

  /** Waits for the `message.created` of what came from the source as `mid`. */
  waitForMid(mid: string, patienceMs?: number): Promise<Arrival> {
    const isIt = ({ update }: Arrival): boolean =>
      update.type === 'message.created' && update.payload.message.source_message_id === mid;
    return waitFor(`the message ${mid} on the socket`, () => this.arrivals.find(isIt), patienceMs);
  }

  waitForClosing(patienceMs?: number): Promise<Closing> {
    return waitFor('the socket to be closed', () => this.closing, patienceMs);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.terminate();
  }
}
