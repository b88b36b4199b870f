import type { GraphResult } from '../graph/graph.client.js';
import { outcomeOf } from './send-outcome.js';

const NOW = Date.parse('2026-11-20T10:00:00.500Z');

function answered(status: number, body: unknown, headers: Record<string, string> = {}): GraphResult {
  return { kind: 'answered', status, body, header: (name) => headers[name] };
}
const refused = (status: number, error: object, headers: Record<string, string> = {}): GraphResult =>
  answered(status, { error }, headers);
const judge = (result: GraphResult): ReturnType<typeof outcomeOf> => outcomeOf(result, ['page-token'], NOW);

describe('outcomeOf', () => {
  it("takes the end of the answer's second for the time of sending", () => {
    const date = 'Fri, 20 Nov 2026 09:59:59 GMT';
    expect(judge(answered(200, { recipient_id: '1', message_id: 'm_1' }, { date }))).toEqual({
      kind: 'accepted',
      sourceMessageId: 'm_1',
      sourceSentAt: '2026-11-20T10:00:00.000Z',
    });
  });

  it('takes our time where the answer has none', () => {
    expect(judge(answered(200, { message_id: 'm_1' }))).toMatchObject({ sourceSentAt: '2026-11-20T10:00:00.500Z' });
  });

  it('is not_sent when nothing was written (interleaving 16)', () => {
    expect(judge({ kind: 'not_written', reason: 'ECONNREFUSED', isTimeout: false })).toEqual({
      kind: 'not_sent',
      failure: {
        code: 'graph_unavailable',
        category: 'temporary',
        retryable: true,
        message: 'Facebook could not be reached (ECONNREFUSED); nothing was sent. It is tried again.',
      },
    });
  });

  it.each([
    ['a time-out', { kind: 'unanswered', reason: 'no answer in time', isTimeout: true }, 'graph_timeout'],
    ['a lost connection', { kind: 'unanswered', reason: 'ECONNRESET', isTimeout: false }, 'graph_unavailable'],
    ['garbage', answered(200, undefined), 'graph_unavailable'],
    ['a 200 without a message', answered(200, { recipient_id: '1' }), 'graph_unavailable'],
    ['a redirect', answered(302, undefined), 'graph_unavailable'],
    ['a 502 of a proxy', answered(502, undefined), 'graph_unavailable'],
    ['code 1', refused(500, { code: 1 }), 'graph_unavailable'],
    ['code 2', refused(400, { code: 2, is_transient: true }), 'graph_unavailable'],
    ['code 1200', refused(400, { code: 1200 }), 'graph_unavailable'],
    ['a 500 with a refusal', refused(500, { code: 100 }), 'graph_unavailable'],
    ['what is transient and not listed', refused(400, { code: 4711, is_transient: true }), 'graph_unavailable'],
  ] as const)('is unknown after %s', (_name, result, code) => {
    expect(judge(result)).toMatchObject({ kind: 'unknown', failure: { code, category: 'unknown', retryable: false } });
  });

  it.each([
    [400, { code: 4 }],
    [400, { code: 17 }],
    [400, { code: 32 }],
    [403, { code: 613 }],
    [400, { code: 613, error_subcode: 1996 }],
    [400, { code: 80006, is_transient: true }],
    [400, { code: 341, is_transient: true }],
    [503, { code: 4, is_transient: true }],
    [429, { code: 2, is_transient: true }],
    [429, { code: 4711 }],
  ])('is not_sent for a limit: %d %j (interleaving 16)', (status, error) => {
    expect(judge(refused(status, error))).toMatchObject({ kind: 'not_sent', failure: { code: 'rate_limited' } });
  });

  it('is not_sent for a 429 that says nothing', () => {
    expect(judge(answered(429, undefined, { 'retry-after': '7' }))).toEqual({
      kind: 'not_sent',
      failure: {
        code: 'rate_limited',
        category: 'temporary',
        retryable: true,
        message: 'Facebook limits the rate of sends; it is sent again when the limit allows.',
      },
      retryAfterMs: 7_000,
    });
  });

  it.each([{ code: 190 }, { code: 190, error_subcode: 460 }, { code: 102 }, { code: 2500 }])(
    'is reauth for %j',
    (error) => {
      expect(judge(refused(401, error))).toMatchObject({ kind: 'reauth', failure: { category: 'auth' } });
    },
  );

  it.each([
    ['the closed window', { code: 10, error_subcode: 2018278 }, 'window_closed', 'policy'],
    ['a missing permission', { code: 200 }, 'permission_missing', 'auth'],
    ['a person who blocked the page', { code: 551, error_subcode: 1545041 }, 'graph_refused', 'contact'],
    ['a person who is gone, said as a code', { code: 1545041 }, 'graph_refused', 'contact'],
    ['another app in the thread', { code: 200, error_subcode: 2018300 }, 'thread_not_owned', 'policy'],
    ['another app in the thread, said as a code', { code: 2018300 }, 'thread_not_owned', 'policy'],
    ['a blocked page', { code: 368 }, 'graph_refused', 'page'],
    ['tags that bother', { code: 613, error_subcode: 2018338 }, 'graph_refused', 'page'],
    ['a bad parameter', { code: 100 }, 'graph_refused', 'request'],
    ['a limit of opt-in requests', { code: 9, error_subcode: 2018352 }, 'rate_limited', 'temporary'],
    ['what nobody has heard of', { code: 4711 }, 'graph_refused', 'unknown'],
  ])('is refused for %s', (_name, error, code, category) => {
    expect(judge(refused(400, error))).toMatchObject({ kind: 'refused', failure: { code, category } });
  });

  it('finds the error in a 200', () => {
    expect(judge(refused(200, { code: 10, error_subcode: 2018278 }))).toMatchObject({ kind: 'refused' });
  });

  it("keeps Facebook's words and trace, without the token", () => {
    const error = { code: 100, error_subcode: 33, message: 'No page-token for you: EAAGabcdefgh12', fbtrace_id: 'Ab1' };
    expect(judge(refused(400, error))).toMatchObject({
      failure: {
        message: expect.stringContaining('Facebook: No [secret] for you: [secret]') as string,
        source_code: 100,
        source_subcode: 33,
        source_trace: 'Ab1',
      },
    });
  });
});
