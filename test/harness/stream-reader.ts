import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { updateSchema, type Message, type Update } from '#libs/messaging';
import type { Heard } from './answer.js';
import { waitFor } from './wait-for.js';

export interface StreamRequest {
  readonly url: string;
  /** null: no Authorization header. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly lastEventId?: string;
  readonly heard?: Heard;
}

/** One block of the stream, up to its empty line. */
export interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
  /** performance.now() of its arrival. */
  readonly at: number;
}

export interface Arrival {
  readonly cursor: string;
  readonly update: Update;
  readonly at: number;
}

/** What a reader of either stream can say. */
export interface UpdateReader {
  readonly isOpen: boolean;
  readonly isExpired: boolean;
  readonly arrivals: readonly Arrival[];
  readonly updates: readonly Update[];
  readonly lastId: string;
  waitForMid(mid: string, patienceMs?: number): Promise<Arrival>;
  /** Takes no more from the connection, until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** The stream was answered, but not by 200. */
export class StreamRefused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    readonly headers: IncomingHttpHeaders = {},
  ) {
    super(`The stream was answered ${status}: ${body}`);
  }
}

/** Reads `GET /stream` by plain HTTP and keeps everything that came. */
export class StreamReader implements UpdateReader {
  readonly frames: Frame[] = [];
  readonly contentType: string;
  private readonly parsed: Arrival[] = [];
  private parsedFrames = 0;
  private rest = '';
  private hasEnded = false;

  private constructor(
    private readonly call: ClientRequest,
    private readonly response: IncomingMessage,
    heard: Heard | undefined,
  ) {
    this.contentType = response.headers['content-type'] ?? '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      heard?.(chunk);
      this.take(chunk);
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.hasEnded = true;
    });
  }

  /** Resolves with the 200, when the subscription stands. */
  static async open({ url, key, query = {}, lastEventId, heard }: StreamRequest): Promise<StreamReader> {
    const target = new URL('/stream', url);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    const headers = {
      accept: 'text/event-stream',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    const call = request(target, { headers, agent: false });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      call.once('response', resolve);
      call.on('error', reject);
      call.end();
    });
    if (response.statusCode === 200) return new StreamReader(call, response, heard);
    throw new StreamRefused(response.statusCode ?? 0, await text(response), response.headers);
  }

  get isOpen(): boolean {
    return !this.hasEnded;
  }

  /** Every Update so far, in the order of arrival, each checked against its schema. */
  get arrivals(): readonly Arrival[] {
    for (const frame of this.frames.slice(this.parsedFrames)) this.parsed.push(...arrivalsIn(frame));
    this.parsedFrames = this.frames.length;
    return this.parsed;
  }

  /** The stream has told that what lay behind the cursor is gone. */
  get isExpired(): boolean {
    return this.frames.some(({ event }) => event === 'cursor_expired');
  }

  get updates(): Update[] {
    return this.arrivals.map(({ update }) => update);
  }

  /** The messages of every `message.created`, in the order of arrival. */
  get created(): Message[] {
    return this.updates.flatMap((update) => (update.type === 'message.created' ? [update.payload.message] : []));
  }

  /** The types of what was told of one conversation, in order. */
  typesOf(conversationId: string): string[] {
    return this.updates.flatMap((update) =>
      'conversation_id' in update && update.conversation_id === conversationId ? [update.type] : [],
    );
  }

  /** The versions of one message that the stream told, in order. */
  versionsOf(messageId: string): number[] {
    return this.updates.flatMap(({ payload }) =>
      'message' in payload && payload.message.id === messageId ? [payload.message.version] : [],
    );
  }

  /** The states that the stream told of one message, the first included. */
  statesOf(messageId: string): string[] {
    return this.updates.flatMap((update) =>
      (update.type === 'message.created' || update.type === 'message.updated') &&
      update.payload.message.id === messageId
        ? [update.payload.message.state]
        : [],
    );
  }

  /** The cursor to resume from. */
  get lastId(): string {
    const id = this.frames.findLast((frame) => frame.id !== undefined)?.id;
    if (id === undefined) throw new Error('The stream has not told an id yet');
    return id;
  }

  waitForArrival(what: string, isIt: (update: Update) => boolean, patienceMs?: number): Promise<Arrival> {
    return waitFor(`${what} on the stream`, () => this.arrivals.find(({ update }) => isIt(update)), patienceMs);
  }

  /** Waits for the `message.created` of what came from the source as `mid`. */
  waitForMid(mid: string, patienceMs?: number): Promise<Arrival> {
    const isIt = (update: Update): boolean =>
      update.type === 'message.created' && update.payload.message.source_message_id === mid;
    return this.waitForArrival(`the message ${mid}`, isIt, patienceMs);
  }

  waitForState(messageId: string, state: string, patienceMs?: number): Promise<void> {
    const isReached = (): boolean => this.statesOf(messageId).includes(state);
    return waitFor(`the message ${messageId} to be ${state} on the stream`, isReached, patienceMs).then(
      () => undefined,
    );
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.call.destroy();
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.frames.push(parseFrame(block));
  }
}

function arrivalsIn({ id = '', event, data, at }: Frame): Arrival[] {
  if (data === undefined || event === 'cursor_expired') return [];
  const update = updateSchema.parse(JSON.parse(data));
  if (update.type !== event) throw new Error(`Event ${String(event)} holds an Update of type ${update.type}`);
  return [{ cursor: id, update, at }];
}

function parseFrame(block: string): Frame {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    fields[name] = name === 'data' && fields['data'] !== undefined ? `${fields['data']}\n${value}` : value;
  }
  return { ...fields, at: performance.now() };
}
