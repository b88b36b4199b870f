import { inspect } from 'node:util';
import { GraphClient, type GraphCall, type GraphResult } from '../src/graph/graph.client.js';
import { json, startGraphServer, startRawServer, type GraphServer } from './graph-server.js';

const TOKEN = 'EAAGtokentokentoken';
const CALL: GraphCall = { method: 'POST', path: '1/messages', token: TOKEN, secret: 'secret', body: { a: 1 } };
const DEADLINE_MS = 300;

let graph: GraphServer;
let client: GraphClient;

beforeEach(async () => {
  graph = await startGraphServer();
  client = new GraphClient({ url: graph.url, version: 'v25.0', deadlineMs: DEADLINE_MS });
});

afterEach(() => graph.stop());

function call(overrides: Partial<GraphCall> = {}): Promise<GraphResult> {
  return client.call({ ...CALL, ...overrides });
}

describe('the Graph client', () => {
  it('sends token and proof, neither in the URL', async () => {
    graph.respond(json(200, { message_id: 'm_1' }));
    const result = await call({ token: 'token' });
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: { message_id: 'm_1' } });
    expect(graph.seen).toMatchObject([
      { method: 'POST', path: '/v25.0/1/messages', query: {}, headers: { authorization: 'Bearer token' } },
    ]);
    // python3: hmac.new(b'secret', b'token', sha256)
    const proof = 'e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a';
    expect(graph.firstBody()).toEqual({ a: 1, appsecret_proof: proof });
  });

  it.each(['GET', 'DELETE'] as const)('puts the proof of a %s into its query', async (method) => {
    graph.respond(json(200, {}));
    await call({ method, query: { fields: 'id,name' } });
    expect(graph.seen[0]?.query).toMatchObject({ fields: 'id,name', appsecret_proof: expect.any(String) as string });
    expect(inspect(graph.seen[0]?.query)).not.toContain(TOKEN);
  });

  it('goes on with one connection', async () => {
    graph.respond(json(200, {}));
    await call();
    await call();
    expect(new Set(graph.seen.map(({ port }) => port)).size).toBe(1);
    expect(graph.seen).toHaveLength(2);
  });

  it('knows that nothing was written when nobody listens', async () => {
    await graph.stop();
    expect(await call()).toEqual({ kind: 'not_written', reason: 'ECONNREFUSED', isTimeout: false });
  });

  it('knows that nothing was written when the name does not resolve', async () => {
    client = new GraphClient({ url: 'http://graph.invalid', version: 'v25.0' });
    expect(await call()).toMatchObject({
      kind: 'not_written',
      reason: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });
  });

  it('cannot know what became of a call that hangs', async () => {
    graph.respond(() => undefined);
    expect(await call()).toEqual({ kind: 'unanswered', reason: 'no answer in time', isTimeout: true });
    expect(graph.seen).toHaveLength(1);
  });

  it('does not wait for an answer that drips', async () => {
    graph.respond((response) => {
      const drip = setInterval(() => response.write(' '), DEADLINE_MS / 10);
      response.once('close', () => {
        clearInterval(drip);
      });
    });
    expect(await call()).toMatchObject({ kind: 'unanswered', isTimeout: true });
  });

  it('cannot know what became of a call whose connection is cut', async () => {
    graph.respond((response) => response.socket?.destroy());
    expect(await call()).toEqual({ kind: 'unanswered', reason: 'ECONNRESET', isTimeout: false });
  });

  it('cannot know what became of a call on a connection that had stood idle', async () => {
    graph.respond(json(200, {}), (response) => response.socket?.destroy());
    await call();
    expect(await call()).toEqual({ kind: 'unanswered', reason: 'ECONNRESET', isTimeout: false });
    expect(new Set(graph.seen.map(({ port }) => port)).size).toBe(1);
  });

  it('cannot know what became of a call that is half answered', async () => {
    graph.respond((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"message_id":"m', () => response.socket?.destroy());
    });
    expect(await call()).toMatchObject({ kind: 'unanswered', isTimeout: false });
  });

  it('does not read an answer without end', async () => {
    graph.respond((response) => response.end(Buffer.alloc(2_000_000, ' ')));
    expect(await call()).toMatchObject({ kind: 'unanswered', isTimeout: false });
  });

  it.each([
    ['garbage', 200, '<html>'],
    ['nothing', 502, ''],
  ])('answers %s as no JSON', async (_name, status, text) => {
    graph.respond((response) => response.writeHead(status).end(text));
    expect(await call()).toMatchObject({ kind: 'answered', status, body: undefined });
  });

  it('does not follow a redirect', async () => {
    graph.respond((response) => response.writeHead(302, { location: `${graph.url}/elsewhere` }).end());
    expect(await call()).toMatchObject({ kind: 'answered', status: 302 });
    expect(graph.seen).toHaveLength(1);
  });

  it('says nothing of the token, whatever happens', async () => {
    graph.respond((response) => response.socket?.destroy());
    expect(inspect(await call(), { depth: null, showHidden: true })).not.toContain(TOKEN);
  });
});

describe('with TLS, the Graph client', () => {
  it.each([
    ['ends', ''],
    ['is none', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('knows that nothing was written when the handshake %s', async (_name, answer) => {
    const server = await startRawServer((socket) => socket.end(answer));
    const result = await callSecurely(server.url);
    await server.stop();
    expect(result).toMatchObject({ kind: 'not_written', isTimeout: false });
  });

  it('knows that nothing was written when the handshake hangs', async () => {
    const server = await startRawServer(() => undefined);
    const result = await callSecurely(server.url);
    await server.stop();
    expect(result).toEqual({ kind: 'not_written', reason: 'no answer in time', isTimeout: true });
  });
});

function callSecurely(url: string): Promise<GraphResult> {
  client = new GraphClient({ url: url.replace('http', 'https'), version: 'v25.0', deadlineMs: DEADLINE_MS });
  return client.call(CALL);
}
