import { isConnectionFailure } from './connection-failure.js';
import { problemOf } from './problem-of.js';

/** As pg 8 and pg-pool 3 write them when the server is frozen, gone, or cannot be reached. */
const words = [
  'Query read timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

describe('a database that does not answer', () => {
  it.each(words)('is a part that is away, not an error of ours: %s', (message) => {
    expect(problemOf(new Error(message))).toMatchObject({ code: 'unavailable', status: 503 });
    expect(problemOf(new Error('a query failed', { cause: new Error(message) })).code).toBe('unavailable');
  });

  it('is told from what merely sounds like it', () => {
    expect(isConnectionFailure(new Error('Query read timeout of the report'))).toBe(false);
    expect(problemOf(new Error('anything else')).code).toBe('internal');
  });
});
