import type { GraphResult } from './graph.client.js';
import { readGraphError, retryAfterMs } from './read-graph-error.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

function waitAfter(headers: Record<string, string>): number | undefined {
  const answer = { kind: 'answered', status: 400, body: undefined } satisfies Partial<GraphResult>;
  return retryAfterMs({ ...answer, header: (name) => headers[name] }, NOW);
}

describe('readGraphError', () => {
  it('reads the form of the Graph API', () => {
    const error = {
      message: '(#4) limit',
      type: 'OAuthException',
      code: 4,
      error_subcode: 2018022,
      is_transient: true,
      fbtrace_id: 'A1',
    };
    expect(readGraphError({ error }, [])).toEqual({
      code: 4,
      subcode: 2018022,
      message: '(#4) limit',
      trace: 'A1',
      isTransient: true,
    });
  });

  it('reads the form of the login endpoints', () => {
    const answer = { error_type: 'OAuthException', code: 400, error_message: 'Invalid code' };
    expect(readGraphError(answer, [])).toEqual({ code: 400, message: 'Invalid code', isTransient: false });
  });

  it.each([undefined, null, 'x', {}, { error: 'x' }, { error: {} }, { error: { code: 'x' } }, { message_id: 'm' }])(
    'finds none in %j',
    (body) => {
      expect(readGraphError(body, [])).toBeNull();
    },
  );

  it('cuts long words', () => {
    expect(readGraphError({ error: { code: 1, message: 'x'.repeat(1000) } }, [])?.message).toHaveLength(301);
  });
});

describe('retryAfterMs', () => {
  const usage = (minutes: string): string =>
    `{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":${minutes}}],"1":[{"type":"pages","estimated_time_to_regain_access":0}]}`;

  it.each([
    [{}, undefined],
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:01:00 GMT' }, 60_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-business-use-case-usage': usage('28') }, 1_680_000],
    [{ 'x-business-use-case-usage': usage('0') }, undefined],
    [{ 'x-business-use-case-usage': usage('1'), 'retry-after': '90' }, 90_000],
    [{ 'x-business-use-case-usage': usage('99999999') }, 86_400_000],
    [{ 'x-app-usage': '{"call_count":100,"total_time":25,"total_cputime":25}' }, undefined],
    [{ 'x-app-usage': '{"call_count":100,"estimated_time_to_regain_access":5}' }, 300_000],
    [{ 'x-app-usage': '{"call_count":100}', 'x-business-use-case-usage': usage('2'), 'retry-after': '1' }, 120_000],
  ])('of %j is %p', (headers, wait) => {
    expect(waitAfter(headers)).toBe(wait);
  });
});
