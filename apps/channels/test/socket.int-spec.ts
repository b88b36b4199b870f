import { apiKeyStore } from '#libs/database';
import type { Channel } from '#libs/messaging';
import { bodyOf, expectProblem } from '../../../test/harness/answer.js';
import { only } from '../../../test/harness/only.js';
import { SocketReader, type SocketRequest } from '../../../test/harness/socket-reader.js';
import type { StreamRefused } from '../../../test/harness/stream-reader.js';
import { StreamReader } from '../../../test/harness/stream-reader.js';
import { tampered } from '../../../test/harness/texts.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { z } from 'zod';
import { allowedOrigin, StartedChannels, type Workspace } from './started-channels.js';

const ticketSchema = z.strictObject({ ticket: z.string(), expires_at: z.iso.datetime({ precision: 3 }) });
const unknownId = '0190a6c0-0000-7000-8000-000000000000';

describe('the doors of the streams', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let channel: Channel;
  let other: Channel;
  let written = 0;
  const open: (SocketReader | StreamReader)[] = [];

  const target = (key: string | null = workspace.client.key): { url: string; key: string | null } => ({
    url: workspace.client.url,
    key,
  });
  const openSocket = async (request: Partial<SocketRequest> = {}): Promise<SocketReader> => {
    const reader = await SocketReader.open({ ...target(), ...request });
    open.push(reader);
    await reader.waitForReady();
    return reader;
  };
  const openStream = async (request: Partial<SocketRequest> = {}): Promise<StreamReader> => {
    const reader = await StreamReader.open({ ...target(), ...request });
    open.push(reader);
    return reader;
  };
  const refusal = (request: Partial<SocketRequest>): Promise<StreamRefused> =>
    openSocket(request).then(
      () => Promise.reject(new Error('The socket was opened')),
      (error: unknown) => error as StreamRefused,
    );
  const write = async (to: Channel): Promise<string> => {
    written += 1;
    const mid = `m_${String(written)}`;
    await started.record(to, workspace.id, [{ contact: 'ana', mid, text: 'hi', at: new Date() }]);
    return mid;
  };
  const ticketOf = async (body: object = {}, client = workspace.client): Promise<z.infer<typeof ticketSchema>> =>
    bodyOf(ticketSchema, await client.call('stream.ticket', body));

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    channel = await workspace.client.connect({ page_id: '7', page_token: 'page-7' });
    other = await workspace.client.connect({ page_id: '8', page_token: 'page-8' });
  });

  afterEach(() => {
    for (const reader of open.splice(0)) reader.close();
  });

  afterAll(() => started.stop());

  describe('a WebSocket', () => {
    it('begins with a cursor, and tells from there', async () => {
      const socket = await openSocket();
      expect(only(socket.frames)).toMatchObject({ type: 'stream.ready', cursor: expect.stringMatching(/./) });
      const mid = await write(channel);
      await socket.waitForMid(mid);
      expect(socket.updates.map(({ type }) => type)).toContain('message.created');
    });

    it('carries no extension, and the request’s id', async () => {
      const socket = await openSocket({ headers: { 'x-request-id': 'socket-1' } });
      expect(socket.socket.extensions).toBe('');
      socket.close();
      await waitFor('the access line', () => started.lines.find((line) => line.includes('"request_id":"socket-1"')));
    });

    it('opens for pages of allowed origins, and no others', async () => {
      expect((await openSocket({ headers: { origin: allowedOrigin } })).isOpen).toBe(true);
      expect((await refusal({ headers: { origin: 'https://evil.example' } })).status).toBe(403);
    });

    it.each<[string, number, string, () => Partial<SocketRequest>]>([
      ['no key', 401, 'unauthorized', () => ({ key: null })],
      ['a wrong key', 401, 'unauthorized', () => ({ key: 'nobody' })],
      ['a forged ticket', 401, 'unauthorized', () => ({ key: null, query: { ticket: 'x' } })],
      ['a key in the URL', 400, 'invalid_request', () => ({ key: null, query: { api_key: workspace.client.key } })],
      ['a key as a ticket', 400, 'invalid_request', () => ({ key: null, query: { ticket: workspace.client.key } })],
      ['a forged cursor', 400, 'cursor_invalid', () => ({ query: { cursor: 'x' } })],
      ['a forged last id', 400, 'cursor_invalid', () => ({ lastEventId: 'x' })],
      ['another path', 404, 'not_found', () => ({ path: '/wss' })],
    ])('is refused with %s', async (_, status, code, request) => {
      const {
        status: given,
        body,
        headers,
      } = await refusal({ ...request(), headers: { 'x-request-id': 'refused-1' } });
      expect({ given, type: headers['content-type'], id: headers['x-request-id'] }).toEqual({
        given: status,
        type: 'application/problem+json; charset=utf-8',
        id: 'refused-1',
      });
      expect(JSON.parse(body)).toMatchObject({ code, status, request_id: 'refused-1' });
      expect(body).not.toContain(workspace.client.key);
    });

    it('is refused to a key without the scope', async () => {
      const { key } = await workspace.withScopes('messages.send');
      const { status, body } = await refusal({ key });
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([403, 'scope_missing']);
    });

    it('is no ordinary request', async () => {
      const { key } = workspace.client;
      const answer = await workspace.client.raw('/ws', { method: 'GET', headers: { authorization: `Bearer ${key}` } });
      expect(expectProblem(answer, 400, 'invalid_request').detail).toContain('Upgrade');
    });

    it('does not listen: small frames are ignored, a large one closes it', async () => {
      const socket = await openSocket();
      for (const frame of ['{"type":"ping"}', 'x'.repeat(4_000)]) socket.socket.send(frame);
      await socket.waitForMid(await write(channel));
      socket.socket.send('x'.repeat(5_000));
      expect((await socket.waitForClosing()).code).toBe(1009);
    });

    it('leaves nothing behind when its reader goes', async () => {
      const socket = await openSocket({ headers: { 'x-request-id': 'going' } });
      socket.socket.close();
      await waitFor('the access line', () => started.lines.find((line) => line.includes('"request_id":"going"')));
      expect(started.lines.join('')).not.toContain('a stream could not be opened');
    });
  });

  describe('stream.ticket', () => {
    it('lives an hour, and opens both streams as often as one likes', async () => {
      const before = Date.now();
      const { ticket, expires_at: expiresAt } = await ticketOf();
      expect(Math.round((Date.parse(expiresAt) - before) / 1_000)).toBe(3_600);
      const query = { ticket };
      const readers = [
        await openSocket({ key: null, query }),
        await openSocket({ key: null, query }),
        await openStream({ key: null, query }),
        await openStream({ key: null, query }),
      ];
      const mid = await write(channel);
      await Promise.all(readers.map((reader) => reader.waitForMid(mid)));
    });

    it('shows its channels only, however the stream is narrowed', async () => {
      const { ticket } = await ticketOf({ channel_ids: [channel.id] });
      const readers = [
        await openSocket({ key: null, query: { ticket } }),
        await openStream({ key: null, query: { ticket } }),
        await openSocket({ key: null, query: { ticket, channel_id: `${channel.id},${other.id}` } }),
      ];
      const none = await openSocket({ key: null, query: { ticket, channel_id: other.id } });
      const all = await openSocket();
      const hidden = await write(other);
      const shown = await write(channel);
      await Promise.all([...readers, all].map((reader) => reader.waitForMid(shown)));
      await all.waitForMid(hidden);
      for (const reader of readers)
        expect(new Set(reader.updates.map(({ channel_id: id }) => id))).toEqual(new Set([channel.id]));
      expect(none.updates).toEqual([]);
    });

    it('is of channels that are there', async () => {
      const foreign = await started.addWorkspace();
      const theirs = await foreign.client.connect({ page_id: '70', page_token: 'page-70' });
      for (const id of [theirs.id, unknownId, 'x'])
        expectProblem(
          await workspace.client.call('stream.ticket', { channel_ids: [channel.id, id] }),
          404,
          'not_found',
        );
      for (const ids of [[], 'x', [5], Array(101).fill(channel.id)])
        expectProblem(await workspace.client.call('stream.ticket', { channel_ids: ids }), 400, 'invalid_request');
    });

    it('does not outlive its key', async () => {
      const { database } = started.platform;
      const { key } = await workspace.withScopes('stream.read');
      const [row] = await apiKeyStore.list(workspace.id, database);
      const endsAt = new Date(Date.now() + 60_000);
      await database.query('update api_keys set expires_at = $2 where id = $1', [row?.id, endsAt]);
      const client = await workspace.withScopes('stream.read');
      expect((await ticketOf({}, client)).ticket).toMatch(/./);
      const limited = bodyOf(ticketSchema, await client.call('stream.ticket', {}, { authorization: `Bearer ${key}` }));
      expect(limited.expires_at).toBe(endsAt.toISOString());
    });

    it('opens nothing when it was changed, nor any call', async () => {
      const { ticket } = await ticketOf();
      expect((await refusal({ key: null, query: { ticket: tampered(ticket) } })).status).toBe(401);
      const call = await workspace.client.raw(`/channels.list?ticket=${ticket}`, { method: 'POST' });
      expectProblem(call, 401, 'unauthorized');
    });

    it('is in no log line', async () => {
      const { ticket } = await ticketOf();
      const socket = await openSocket({ key: null, query: { ticket }, headers: { 'x-request-id': 'ticketed' } });
      socket.close();
      await waitFor('the access line', () => started.lines.find((line) => line.includes('"request_id":"ticketed"')));
      expect(started.lines.join('')).not.toContain(ticket);
    });
  });

  describe('a key that is gone', () => {
    it('cuts its streams within two seconds, and those of its tickets', async () => {
      const client = await workspace.withScopes('stream.read');
      const { ticket } = await ticketOf({}, client);
      const sockets = [await openSocket({ key: client.key }), await openSocket({ key: null, query: { ticket } })];
      const streams = [await openStream({ key: client.key }), await openStream({ key: null, query: { ticket } })];
      const stays = await openSocket();
      const { id } = only((await apiKeyStore.list(workspace.id, started.platform.database)).slice(0, 1));
      const revokedAt = performance.now();
      expect((await workspace.client.call('api-keys.revoke', { api_key_id: id })).status).toBe(204);
      for (const socket of sockets) expect((await socket.waitForClosing()).code).toBe(4401);
      await waitFor('the SSE streams to end', () => streams.every((stream) => !stream.isOpen));
      expect(performance.now() - revokedAt).toBeLessThan(2_500);
      expect((await refusal({ key: client.key })).status).toBe(401);
      expect((await refusal({ key: null, query: { ticket } })).status).toBe(401);
      await stays.waitForMid(await write(channel));
    });

    it('that has expired too', async () => {
      const { database } = started.platform;
      const { key } = await workspace.withScopes('stream.read');
      const [row] = await apiKeyStore.list(workspace.id, database);
      const [socket, stream] = [await openSocket({ key }), await openStream({ key })];
      await database.query("update api_keys set expires_at = now() + interval '300 ms' where id = $1", [row?.id]);
      expect((await socket.waitForClosing()).code).toBe(4401);
      await waitFor('the SSE stream to end', () => !stream.isOpen);
    });
  });
});
