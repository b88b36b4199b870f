import { z } from 'zod';
import {
  channelSchema,
  conversationSchema,
  messageSchema,
  type Channel,
  type Conversation,
  type Message,
} from '#libs/messaging';
import { ask, bodyOf, type Answer, type Heard, type RawRequest } from './answer.js';
import { SocketReader, type SocketRequest } from './socket-reader.js';
import { StreamReader, type StreamRequest } from './stream-reader.js';

export interface Page<Item> {
  readonly data: Item[];
  readonly pagination_data: {
    readonly previous_cursor: string | null;
    readonly next_cursor: string | null;
    readonly total: number;
  };
}

export interface ListRequest {
  readonly cursor?: string | null;
  readonly page_size?: number;
}

export type CallHeaders = Readonly<Record<string, string>>;

export interface Connecting {
  readonly page_id: string;
  readonly page_token: string;
  readonly name?: string;
}

function pageSchema<Item extends z.ZodType>(item: Item): z.ZodType<Page<z.output<Item>>> {
  const cursor = z.string().min(1).nullable();
  const pagination = z.strictObject({ previous_cursor: cursor, next_cursor: cursor, total: z.int().nonnegative() });
  return z.strictObject({ data: z.array(item), pagination_data: pagination });
}

const channelsSchema = z.strictObject({ data: z.array(channelSchema) });
const conversationsSchema = pageSchema(conversationSchema);
const messagesSchema = pageSchema(messageSchema);

/** The calls as an integrator makes them; every answer's shape is checked. */
export class ParleyClient {
  constructor(
    readonly url: string,
    readonly key: string,
    private readonly heard?: Heard,
  ) {}

  raw(path: string, request: RawRequest): Promise<Answer> {
    return ask(`${this.url}${path}`, request, this.heard);
  }

  /** `POST /<name>` with the key; `body` goes as it is when it is text. */
  call(name: string, body: unknown, headers: CallHeaders = {}): Promise<Answer> {
    return this.raw(`/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async connect(page: Connecting, headers: CallHeaders = {}): Promise<Channel> {
    return bodyOf(channelSchema, await this.call('channels.facebook.connect', page, headers));
  }

  async channels(): Promise<Channel[]> {
    return bodyOf(channelsSchema, await this.call('channels.list', {})).data;
  }

  async channel(id: string): Promise<Channel> {
    const found = (await this.channels()).find((channel) => channel.id === id);
    if (found === undefined) throw new Error(`channels.list does not have ${id}`);
    return found;
  }

  async channelInfo(id: string): Promise<Channel> {
    return bodyOf(channelSchema, await this.call('channels.info', { channel_id: id }));
  }

  async updateChannel(id: string, changes: Readonly<Record<string, unknown>>): Promise<Channel> {
    return bodyOf(channelSchema, await this.call('channels.update', { channel_id: id, ...changes }));
  }

  /** Throws unless it is answered 204, and nothing. */
  async disconnect(id: string): Promise<void> {
    const answer = await this.call('channels.facebook.disconnect', { channel_id: id });
    if (answer.status !== 204 || answer.text !== '')
      throw new Error(`Expected 204, got ${answer.status}: ${answer.text}`);
  }

  async conversations(list: ListRequest = {}): Promise<Page<Conversation>> {
    return bodyOf(conversationsSchema, await this.call('conversations.list', list));
  }

  async conversation(id: string): Promise<Conversation> {
    return bodyOf(conversationSchema, await this.call('conversations.info', { conversation_id: id }));
  }

  async messages(conversationId: string, list: ListRequest = {}): Promise<Page<Message>> {
    return bodyOf(messagesSchema, await this.call('messages.list', { conversation_id: conversationId, ...list }));
  }

  /** Newest first, all pages. */
  async allMessages(conversationId: string): Promise<Message[]> {
    const all: Message[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Message> = await this.messages(conversationId, { cursor, page_size: 100 });
      all.push(...page.data);
      cursor = page.pagination_data.next_cursor;
    } while (cursor !== null);
    return all;
  }

  async allConversations(): Promise<Conversation[]> {
    const all: Conversation[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Conversation> = await this.conversations({ cursor, page_size: 100 });
      all.push(...page.data);
      cursor = page.pagination_data.next_cursor;
    } while (cursor !== null);
    return all;
  }

  async message(id: string): Promise<Message> {
    return bodyOf(messageSchema, await this.call('messages.info', { message_id: id }));
  }

  async messageByMid(channelId: string, mid: string): Promise<Message> {
    return bodyOf(messageSchema, await this.call('messages.info', { channel_id: channelId, source_message_id: mid }));
  }

  async send(body: Readonly<Record<string, unknown>>, headers: CallHeaders = {}): Promise<Message> {
    return bodyOf(messageSchema, await this.call('messages.send', body, headers));
  }

  sendText(conversationId: string, text: string, headers: CallHeaders = {}): Promise<Message> {
    return this.send({ conversation_id: conversationId, content: { type: 'text', text } }, headers);
  }

  stream(request: Omit<StreamRequest, 'url' | 'key' | 'heard'> = {}): Promise<StreamReader> {
    const heard = this.heard === undefined ? {} : { heard: this.heard };
    return StreamReader.open({ url: this.url, key: this.key, ...heard, ...request });
  }

  socket(request: Omit<SocketRequest, 'url' | 'key' | 'heard'> = {}): Promise<SocketReader> {
    const heard = this.heard === undefined ? {} : { heard: this.heard };
    return SocketReader.open({ url: this.url, key: this.key, ...heard, ...request });
  }
}
