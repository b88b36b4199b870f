import { HttpException } from '@nestjs/common';
import { AppError, type ErrorCode } from '#libs/errors';
import { isConnectionFailure } from './connection-failure.js';

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'scope_missing',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'media_type_unsupported',
  429: 'rate_limited',
  503: 'unavailable',
};

/** Every error as a refusal under a registered code. What is nobody's refusal is `internal`, with the error as cause. */
export function problemOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status !== undefined && status < 500)
    return new AppError(codes[status] ?? 'invalid_request', (error as Error).message, { cause: error });
  if (status === 503 || isConnectionFailure(error))
    return new AppError('unavailable', 'A part that this call needs does not answer just now.', { cause: error });
  return new AppError('internal', 'An error of ours; the log has its cause under this request_id.', { cause: error });
}

/** Nest's and Fastify's own refusals say a status; their texts below 500 are for the caller. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 && error.statusCode < 600 ? error.statusCode : undefined;
}
