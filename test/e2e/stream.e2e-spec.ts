import type { Update } from '#libs/messaging';
import { newMid } from '../harness/facebook-items.js';
import { at, only } from '../harness/only.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { StreamReader, type Frame, type StreamRefused } from '../harness/stream-reader.js';
import { tampered } from '../harness/texts.js';
import { waitFor } from '../harness/wait-for.js';

const HEARTBEAT_WITHIN_MS = 20_000;

describe('the stream', () => {
  let product: Product;
  let pages: ConnectedPage[];
  let chats: Chat[];
  let quiet: StreamReader;
  const open: StreamReader[] = [];

  const openStream = async (
    request: { query?: Record<string, string>; lastEventId?: string } = {},
  ): Promise<StreamReader> => {
    const stream = await product.client.stream(request);
    open.push(stream);
    return stream;
  };
  const write = async (chat: Chat, text: string): Promise<string> => {
    const mid = newMid();
    await product.webhooks.deliverText({ ...chat, text, mid });
    return mid;
  };
  const refusal = async (request: {
    key?: string | null;
    query?: Record<string, string>;
    lastEventId?: string;
  }): Promise<StreamRefused> =>
    StreamReader.open({ url: product.client.url, key: product.settings.apiKey, ...request }).then(
      (stream) => {
        stream.close();
        throw new Error('The stream was opened');
      },
      (error: unknown) => error as StreamRefused,
    );

  beforeAll(async () => {
    product = await Product.start();
    await product.facebook.change({ delivery: 'off', echo: 'off' });
    pages = [await product.connectPage('First'), await product.connectPage('Second')];
    await product.leaveContactsAlone();
    chats = [];
    for (const page of [at(pages, 0), at(pages, 0), at(pages, 1)]) chats.push(await product.startChat(page));
    quiet = await openStream({ query: { conversation_id: '0190a6c0-0000-7000-8000-000000000000' } });
  }, 60_000);

  afterEach(() => {
    for (const stream of open) if (stream !== quiet) stream.close();
  });

  afterAll(async () => {
    for (const stream of open) stream.close();
    await stopAll();
  });

  it('opens with a retry and a cursor', async () => {
    const stream = await openStream();
    expect(stream.contentType).toMatch(/^text\/event-stream/);
    const first = await waitFor('the first frame', () => stream.frames[0]);
    expect(first).toEqual({
      retry: '2000',
      id: expect.stringMatching(/./) as string,
      at: expect.any(Number) as number,
    });
  });

  it('tells from now on', async () => {
    const stream = await openStream();
    const mid = await write(at(chats, 0), 'from now on');
    await stream.waitForMid(mid);
    expect(stream.updates.map(({ type }) => type)).toEqual(['message.created']);
  });

  it('gives every Update an id, its time and its workspace', async () => {
    const stream = await openStream();
    await stream.waitForMid(await write(at(chats, 0), 'one'));
    await stream.waitForMid(await write(at(chats, 1), 'two'));
    const ids = stream.updates.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(new Set(stream.updates.map(({ workspace_id: id }) => id)).size).toBe(1);
    expect(new Set(stream.arrivals.map(({ cursor }) => cursor)).size).toBe(2);
  });

  it('goes on after the last id, with neither gap nor repeat', async () => {
    const chat = at(chats, 0);
    const before = await openStream();
    const seen = [await write(chat, 'seen 1'), await write(chat, 'seen 2'), await write(chat, 'seen 3')];
    const arrival = await before.waitForMid(at(seen, 1));
    before.close();
    const missed = [await write(chat, 'missed 1'), await write(chat, 'missed 2')];
    const after = await openStream({ lastEventId: arrival.cursor });
    const live = await write(chat, 'live');
    await after.waitForMid(live);
    expect(after.created.map(({ source_message_id: mid }) => mid)).toEqual([at(seen, 2), ...missed, live]);
  });

  it('resumes from the id of the first frame', async () => {
    const stream = await openStream();
    await waitFor('the first frame', () => stream.frames[0]);
    const start = stream.lastId;
    stream.close();
    const mid = await write(at(chats, 0), 'while away');
    const after = await openStream({ query: { cursor: start } });
    await after.waitForMid(mid);
    expect(after.updates).toHaveLength(1);
  });

  it('from earliest tells everything, a conversation before its messages', async () => {
    const chat = at(chats, 2);
    const stream = await openStream({ query: { cursor: 'earliest', conversation_id: chat.conversationId } });
    await stream.waitForMid(await write(chat, 'the end'));
    expect(stream.updates.map(({ type }) => type)).toEqual([
      'conversation.created',
      'message.created',
      'message.created',
    ]);
    const listed = await product.client.allMessages(chat.conversationId);
    expect(stream.created.map(({ id }) => id)).toEqual(listed.map(({ id }) => id).toReversed());
  });

  it('takes Last-Event-ID before the cursor of the URL', async () => {
    const chat = at(chats, 1);
    const reader = await openStream();
    const { cursor } = await reader.waitForMid(await write(chat, 'told'));
    const stream = await openStream({ lastEventId: cursor, query: { cursor: 'earliest' } });
    const mid = await write(chat, 'after it');
    await stream.waitForMid(mid);
    expect(only(stream.created).source_message_id).toBe(mid);
  });

  it.each([
    ['channel_id', (chat: Chat): Record<string, string> => ({ channel_id: chat.channelId })],
    ['conversation_id', (chat: Chat): Record<string, string> => ({ conversation_id: chat.conversationId })],
  ])('is narrowed by %s, and keeps its cursor fit for any filter', async (_, queryOf) => {
    const [wanted, unwanted] = [at(chats, 2), at(chats, 0)];
    const stream = await openStream({ query: queryOf(wanted) });
    await write(unwanted, 'unwanted');
    const mid = await write(wanted, 'wanted');
    const { cursor } = await stream.waitForMid(mid);
    expect(stream.created.map(({ source_message_id: id }) => id)).toEqual([mid]);

    const everything = await openStream();
    await everything.waitForMid(await write(unwanted, 'end'));
    const resumed = await openStream({ lastEventId: cursor });
    const last = await write(unwanted, 'last');
    await resumed.waitForMid(last);
    expect(resumed.created.map(({ source_message_id: id }) => id)).not.toContain(mid);
  });

  it('is narrowed by type', async () => {
    const chat = at(chats, 0);
    const stream = await openStream({ query: { types: 'message.updated' } });
    const pending = await product.client.sendText(chat.conversationId, 'updated');
    await stream.waitForState(pending.id, 'sent');
    expect(new Set(stream.updates.map(({ type }) => type))).toEqual(new Set(['message.updated']));
  });

  it('announces a change of the channel', async () => {
    const stream = await openStream({ query: { types: 'channel.updated' } });
    const connected = await product.connectPage('Third');
    const { update } = await stream.waitForArrival('the connected channel', isConnected(connected.channel.id));
    expect(update.payload).toMatchObject({ id: connected.channel.id, connected: true });
  });

  it('tells several readers the same', async () => {
    const readers = [await openStream(), await openStream(), await openStream()];
    const mid = await write(at(chats, 0), 'for all');
    const arrivals = await Promise.all(readers.map((reader) => reader.waitForMid(mid)));
    const [first] = arrivals;
    expect(arrivals.map(({ update }) => update)).toEqual(arrivals.map(() => first?.update));
  });

  it('carries versions that rise with every change', async () => {
    const stream = await openStream();
    const pending = await product.client.sendText(at(chats, 0).conversationId, 'versions');
    await stream.waitForState(pending.id, 'sent');
    const versions = stream.versionsOf(pending.id);
    expect(versions.length).toBeGreaterThan(1);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    expect((await product.client.message(pending.id)).version).toBe(versions.at(-1));
  });

  describe('is refused', () => {
    it.each(['x', '0', 'latest', 'eyJhIjoxfQ==', 'A'.repeat(200)])('with the forged cursor %s', async (cursor) => {
      const byQuery = await refusal({ query: { cursor } });
      const byHeader = await refusal({ lastEventId: cursor });
      for (const answer of [byQuery, byHeader]) {
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.body)).toMatchObject({ code: 'cursor_invalid', status: 400 });
      }
    });

    it('with a cursor that was changed', async () => {
      const stream = await openStream();
      await waitFor('the first frame', () => stream.frames[0]);
      expect((await refusal({ lastEventId: tampered(stream.lastId) })).status).toBe(400);
    });

    it('without a key', async () => {
      const answer = await refusal({ key: null });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'unauthorized' });
    });

    it('with a wrong key', async () => {
      expect((await refusal({ key: 'e2e-api-key-that-nobody-knows-0000000000' })).status).toBe(401);
    });

    it.each(['api_key', 'key', 'token', 'access_token'])('with an API key in the URL as %s', async (name) => {
      const answer = await refusal({ key: null, query: { [name]: product.settings.apiKey } });
      expect(answer.status).toBe(400);
      expect(answer.body).not.toContain(product.settings.apiKey);
    });
  });

  it(
    'beats within 15 s with a cursor, and stays silent otherwise',
    async () => {
      const beats = await waitFor('the heartbeat', () => severalFrames(quiet), HEARTBEAT_WITHIN_MS);
      expect(beats.map(withoutTime)).toEqual(
        beats.map(() => ({ retry: '2000', id: expect.stringMatching(/./) as string })),
      );
      expect(at(beats, 1).at - at(beats, 0).at).toBeLessThan(18_000);
      const resumed = await openStream({ lastEventId: quiet.lastId });
      const earliest = await openStream({ query: { cursor: 'earliest' } });
      const mid = await write(at(chats, 0), 'after the beat');
      await Promise.all([resumed.waitForMid(mid), earliest.waitForMid(mid)]);
      expect(resumed.updates.length).toBeLessThan(earliest.updates.length);
    },
    HEARTBEAT_WITHIN_MS + 5_000,
  );
});

function isConnected(channelId: string): (update: Update) => boolean {
  return (update) =>
    update.type === 'channel.updated' && update.channel_id === channelId && update.payload.health.state === 'connected';
}

function severalFrames({ frames }: StreamReader): Frame[] | undefined {
  return frames.length > 1 ? frames : undefined;
}

function withoutTime({ at: _, ...frame }: Frame): Omit<Frame, 'at'> {
  return frame;
}
