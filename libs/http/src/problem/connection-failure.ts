/**
 * SQLSTATE of PostgreSQL that say "not now": connection exceptions (08), resources (53), operator intervention (57P0x),
 * time-outs and locks, and conflicts that outlived their repeats.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const sqlStates = /^(08[A-Z\d]{3}|53[A-Z\d]{3}|57P0[1-5]|57014|55P03|25P0[34]|40001|40P01)$/;

const networkErrors = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTDOWN', 'ENETDOWN'],
]);

/**
 * What the driver of PostgreSQL says of itself when the server does not answer or its connection is gone: these have no code.
 * https://github.com/brianc/node-postgres: packages/pg/lib/client.js, packages/pg-pool/index.js
 */
const driverWords = new Set([
  'Query read timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

const MAX_CAUSES = 5;

/** Whether the error, or what caused it, is that another part could not be reached. */
export function isConnectionFailure(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return false;
  const { code, cause, message } = error as { code?: unknown; cause?: unknown; message?: unknown };
  if (typeof code === 'string' && (sqlStates.test(code) || networkErrors.has(code))) return true;
  if (typeof message === 'string' && driverWords.has(message)) return true;
  return isConnectionFailure(cause, depth + 1);
}
