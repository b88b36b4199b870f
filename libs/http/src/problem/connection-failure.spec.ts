import { problemOf } from './problem-of.js';

describe('an error', () => {
  it.each(['ECONNREFUSED', '57P03', '53300'])('is a part that is away when %s is its code, or its cause’s', (code) => {
    const failed = Object.assign(new Error('x'), { code });
    expect(problemOf(failed)).toMatchObject({ code: 'unavailable', status: 503 });
    expect(problemOf(new Error('a query failed', { cause: failed })).code).toBe('unavailable');
  });

  it('is ours when it merely sounds like that', () => {
    expect(problemOf(new Error('Query read timeout of the report')).code).toBe('internal');
    expect(problemOf(new Error('anything else')).code).toBe('internal');
  });
});
