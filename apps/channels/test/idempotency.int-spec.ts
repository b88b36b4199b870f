import { conversationId, topics, type Channel } from '#libs/messaging';
import { expectProblem, type Answer } from '../../../test/harness/answer.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { StartedChannels, type Workspace } from './started-channels.js';

describe('an Idempotency-Key', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let channel: Channel;
  let conversation: string;

  const send = (key: string, text: string, { client } = workspace): Promise<Answer> =>
    sendBody(key, JSON.stringify({ conversation_id: conversation, content: { type: 'text', text } }), client);
  const sendBody = (key: string, body: string, client = workspace.client): Promise<Answer> =>
    client.call('messages.send', body, { 'idempotency-key': key });
  const connect = (key: string, pageId: string): Promise<Answer> =>
    workspace.client.call(
      'channels.facebook.connect',
      { page_id: pageId, page_token: `page-${pageId}` },
      { 'idempotency-key': key },
    );
  const rows = <Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> =>
    started.platform.database.query<Row>(sql, parameters);
  const messagesWith = async (text: string): Promise<number> =>
    (await rows(`select 1 from messages where content ->> 'text' = $1`, [text])).length;
  const keyRows = (key: string): Promise<object[]> => rows('select 1 from idempotency_keys where key = $1', [key]);

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    channel = await workspace.client.connect({ page_id: '7', page_token: 'page-7' });
    conversation = conversationId(channel.id, 'ana');
    await started.record(channel, workspace.id, [{ contact: 'ana', mid: 'm_1', text: 'hi', at: new Date() }]);
  });

  afterAll(() => started.stop());

  describe('on messages.send', () => {
    it('gives the same bytes again, for one message and one command', async () => {
      const first = await send('same', 'once');
      const again = await send('same', 'once');
      expect(first.status).toBe(200);
      expect(JSON.parse(first.text)).toMatchObject({
        state: 'pending',
        delivery_state: 'pending',
        from_contact: false,
      });
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(again).toMatchObject({ status: 200, text: first.text });
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await messagesWith('once')).toBe(1);
      const { id } = JSON.parse(first.text) as { id: string };
      const commands = await rows(`select 1 from log_records where topic = $1 and value like '%' || $2 || '%'`, [
        topics.commands,
        id,
      ]);
      expect(commands).toHaveLength(1);
    });

    it('makes one message of 20 calls at once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => send('twenty', 'of twenty')));
      const taken = answers.filter(({ status }) => status === 200);
      const early = answers.filter(({ status }) => status !== 200);
      expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
      expect(taken.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      for (const answer of early) expectProblem(answer, 409, 'idempotency_in_progress');
      expect(await messagesWith('of twenty')).toBe(1);
    });

    it('takes the same value in other words for the same call', async () => {
      const first = await send('words', 'wörds');
      const body = ` { "content" : {"text":"w\\u00f6rds", "type":"text"},\n "conversation_id": "${conversation}", "tag": null } `;
      expect(await sendBody('words', body)).toMatchObject({ status: 200, text: first.text });
    });

    it('is 422 for another body and for another call', async () => {
      await send('taken', 'the first');
      expectProblem(await send('taken', 'the other'), 422, 'idempotency_key_reused');
      expectProblem(await connect('taken', '7'), 422, 'idempotency_key_reused');
      expect(await messagesWith('the other')).toBe(0);
    });

    it('is free again after an error, whenever it came', async () => {
      const lost = JSON.stringify({ conversation_id: channel.id, content: { type: 'text', text: 'x' } });
      const long = 'x'.repeat(2_001);
      expectProblem(await sendBody('again', '{}'), 400, 'invalid_request');
      expectProblem(await sendBody('again', lost), 404, 'not_found');
      expectProblem(await send('again', long), 422, 'content_not_sendable');
      expect(await keyRows('again')).toEqual([]);
      const right = await send('again', 'now right');
      expect(right.status).toBe(200);
      expect(right.headers.get('idempotent-replayed')).toBeNull();
    });

    it('is another key in another workspace', async () => {
      const other = await started.addWorkspace();
      await send('mine', 'mine');
      expectProblem(await send('mine', 'mine', other), 404, 'not_found');
    });

    it.each(['', 'k'.repeat(256), 'a b', 'ü'])('%j is refused', async (key) => {
      expectProblem(await send(key, 'odd key'), 400, 'invalid_request');
      expect(await messagesWith('odd key')).toBe(0);
    });

    it('of 255 visible characters is taken', async () => {
      expect((await send(`~!${'k'.repeat(253)}`, 'long key')).status).toBe(200);
    });
  });

  describe('on a channel’s own call', () => {
    it('answers that the first is running while it is, and replays it then', async () => {
      const release = started.graph.hold();
      const asked = started.graph.paths.length;
      const first = connect('held', '8');
      await waitFor('the call to Graph', () => started.graph.paths.length > asked);
      const early = await connect('held', '8');
      release();
      expectProblem(early, 409, 'idempotency_in_progress');
      expect(early.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      const answer = await first;
      expect(answer.status).toBe(200);
      const calls = started.graph.paths.length;
      const again = await connect('held', '8');
      expect(again).toMatchObject({ status: 200, text: answer.text });
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(started.graph.paths).toHaveLength(calls);
    });

    it('is free again when Graph is away', async () => {
      started.graph.status = 500;
      const away = await connect('away', '9');
      started.graph.status = undefined;
      expectProblem(away, 502, 'graph_unavailable');
      expect(await keyRows('away')).toEqual([]);
      const again = await connect('away', '9');
      expect(again.status).toBe(200);
      expect(again.headers.get('idempotent-replayed')).toBeNull();
    });

    it('is taken over when its holder died: the lease runs out', async () => {
      await rows(
        `insert into idempotency_keys (workspace_id, key, path, request_sha256, lease_until)
         values ($1, 'dead', '/channels.facebook.connect', $2, now() + interval '1 second')`,
        [workspace.id, Buffer.from('0'.repeat(64), 'hex')],
      );
      expectProblem(await connect('dead', '10'), 422, 'idempotency_key_reused');
      await rows(`update idempotency_keys set lease_until = now() where key = 'dead'`, []);
      expect((await connect('dead', '10')).status).toBe(200);
    });
  });
});
