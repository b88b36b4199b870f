import type { OutboundBody, SendOutcome } from '#libs/channels/kit';
import { connectorTo, credentials } from './connected-page.js';
import { json, startGraphServer, type GraphServer } from './graph-server.js';

let graph: GraphServer;

beforeEach(async () => {
  graph = await startGraphServer();
});

afterEach(() => graph.stop());

function send(body: OutboundBody, sourceContactId = '6500000000000011'): Promise<SendOutcome> {
  const messageId = '019aa000-0000-7000-8000-000000000001';
  return connectorTo(graph.url).sending.send({ credentials, sourceContactId, body, messageId, attempt: 2 });
}

describe('a send', () => {
  it('says who is meant, what and by whom', async () => {
    graph.respond(
      json(200, { recipient_id: '6500000000000011', message_id: 'm_1' }, { date: 'Fri, 20 Nov 2026 10:00:00 GMT' }),
    );
    const outcome = await send({
      message: { text: 'hi', metadata: 'job:77' },
      messagingType: 'MESSAGE_TAG',
      tag: 'HUMAN_AGENT',
      notificationType: 'NO_PUSH',
      personaId: '7',
      replyToSourceMessageId: 'm_t1',
    });
    expect(outcome).toEqual({ kind: 'accepted', sourceMessageId: 'm_1', sourceSentAt: '2026-11-20T10:00:01.000Z' });
    expect(graph.seen).toMatchObject([
      {
        method: 'POST',
        path: '/v25.0/108200000000001/messages',
        query: {},
        headers: { authorization: 'Bearer page-token' },
      },
    ]);
    expect(graph.firstBody()).toEqual({
      recipient: { id: '6500000000000011' },
      messaging_type: 'MESSAGE_TAG',
      message: { text: 'hi', metadata: 'p1:019aa000-0000-7000-8000-000000000001:2 job:77' },
      tag: 'HUMAN_AGENT',
      notification_type: 'NO_PUSH',
      persona_id: '7',
      reply_to: { mid: 'm_t1' },
      // python3: hmac.new(b'app-secret', b'page-token', sha256)
      appsecret_proof: 'd8b448b9cc7d64c51098271805b3cc20b5b715e52bd587eb71b610259587c856',
    });
  });

  it.each([
    [{ message: { text: 'hi' } }, { messaging_type: 'RESPONSE' }],
    [
      { message: { text: 'hi' }, tag: 'HUMAN_AGENT' },
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
    ],
    [{ message: { template: { name: 'order_shipped_1' } } }, { messaging_type: 'UTILITY' }],
    [{ message: { text: 'hi' }, messagingType: 'UPDATE' }, { messaging_type: 'UPDATE' }],
  ])('of %j has a type', async (body, expected) => {
    graph.respond(json(200, { message_id: 'm_1' }));
    await send(body);
    expect(graph.firstBody()).toMatchObject({
      ...expected,
      message: { metadata: 'p1:019aa000-0000-7000-8000-000000000001:2' },
    });
  });

  it('reaches a guest by reference', async () => {
    graph.respond(json(200, { message_id: 'm_1' }));
    await send({ message: { text: 'hi' } }, 'user_ref:chk-5d2');
    expect(graph.firstBody()).toMatchObject({ recipient: { user_ref: 'chk-5d2' } });
  });

  it('waits as long as Facebook says', async () => {
    const usage = '{"108200000000001":[{"type":"messenger","estimated_time_to_regain_access":3}]}';
    const error = { message: '(#613) Calls to this api have exceeded the rate limit.', code: 613, fbtrace_id: 'A1' };
    graph.respond(json(400, { error }, { 'x-business-use-case-usage': usage, 'retry-after': '10' }));
    expect(await send({ message: { text: 'hi' } })).toMatchObject({
      kind: 'not_sent',
      retryAfterMs: 180_000,
      failure: { code: 'rate_limited', source_code: 613, source_trace: 'A1' },
    });
  });

  it('asks for a new token when Facebook no longer takes this one', async () => {
    graph.respond(
      json(401, { error: { message: 'Malformed access token page-token', code: 190, error_subcode: 460 } }),
    );
    const outcome = await send({ message: { text: 'hi' } });
    expect(outcome).toMatchObject({ kind: 'reauth', failure: { code: 'token_invalid', source_subcode: 460 } });
    expect(JSON.stringify(outcome)).not.toContain('page-token');
  });

  it('is not sent when nobody listens', async () => {
    await graph.stop();
    expect(await send({ message: { text: 'hi' } })).toMatchObject({ kind: 'not_sent' });
  });

  it('is unknown when the answer is cut', async () => {
    graph.respond((response) => response.socket?.destroy());
    expect(await send({ message: { text: 'hi' } })).toMatchObject({ kind: 'unknown' });
  });
});
