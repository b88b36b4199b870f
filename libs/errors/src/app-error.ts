import { errorCodes, type ErrorCode } from './error-codes.js';

export interface AppErrorDetails {
  /** Fields of the request that are wrong. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** What the source itself said. */
  readonly sourceError?: {
    readonly code?: number;
    readonly subcode?: number;
    readonly message: string;
    readonly trace?: string;
  };
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A refusal: says what, why and what to do, under a registered code. Everything else that is thrown is a defect. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: AppErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}
