import type { Update } from '#libs/messaging';
import type { ParleyClient } from './parley.client.js';
import type { SocketReader } from './socket-reader.js';
import type { StreamReader, UpdateReader } from './stream-reader.js';
import { textOf } from './texts.js';
import { waitFor } from './wait-for.js';

export type Query = Readonly<Record<string, string>>;

/** The same question to both streams. */
export class StreamPair {
  private constructor(
    readonly sse: StreamReader,
    readonly socket: SocketReader,
  ) {}

  static async open(client: ParleyClient, query: Query = {}, more: Opening = {}): Promise<StreamPair> {
    const sse = await client.stream({ query, ...more });
    const socket = await client.socket({ query, ...more });
    await socket.waitForReady();
    await waitFor('the first frame of the stream', () => sse.frames.length > 0);
    return new StreamPair(sse, socket);
  }

  get both(): readonly [UpdateReader, UpdateReader] {
    return [this.sse, this.socket];
  }

  async waitForMid(mid: string, patienceMs?: number): Promise<void> {
    for (const reader of this.both) await reader.waitForMid(mid, patienceMs);
  }

  /** Waits until both have told so many. */
  async waitForCount(count: number, patienceMs?: number): Promise<void> {
    for (const reader of this.both)
      await waitFor(`${count} updates`, () => reader.arrivals.length >= count, patienceMs);
  }

  close(): void {
    for (const reader of this.both) reader.close();
  }
}

interface Opening {
  readonly key?: string | null;
  readonly lastEventId?: string;
}

/** What a filter of the URL lets pass, said once more and otherwise than in the product. */
export function passesQuery(query: Query): (update: Update) => boolean {
  const among = (name: string, value: string): boolean => query[name]?.split(',').includes(value) ?? true;
  return (update) =>
    among('types', update.type) &&
    among('channel_id', update.channel_id) &&
    among('conversation_id', 'conversation_id' in update ? update.conversation_id : '');
}

/** In words, for a list of what happened. */
export function factOf(update: Update): string {
  if (!('message' in update.payload)) return update.type;
  const { state, content, reactions = [], edited_at: editedAt } = update.payload.message;
  const marks = [
    state,
    content.type,
    ...reactions.map(({ emoji }) => emoji ?? ''),
    editedAt === undefined ? '' : 'edited',
  ];
  return [update.type, ...marks].filter((mark) => mark !== '').join(' ');
}

/** The first cursor that each of the two has told. */
export function firstCursors({ sse, socket }: StreamPair): [string, string] {
  const [frame] = socket.frames;
  const [block] = sse.frames;
  if (frame === undefined || block?.id === undefined) throw new Error('The streams have not begun');
  return [block.id, frame.cursor];
}

/** The mids of all messages that were told of, in order. */
export function midsOf(updates: readonly Update[]): (string | undefined)[] {
  return updates.flatMap(({ payload }) => ('message' in payload ? [payload.message.source_message_id] : []));
}

export interface ToldText {
  readonly conversationId: string;
  readonly text: string;
}

/** The texts of every `message.created`, in order. */
export function textsIn(updates: readonly Update[]): ToldText[] {
  return updates.flatMap((update) =>
    update.type === 'message.created'
      ? [{ conversationId: update.conversation_id, text: textOf(update.payload.message) }]
      : [],
  );
}

export function hasType(type: Update['type'], updates: readonly Update[]): boolean {
  return updates.some((update) => update.type === type);
}
