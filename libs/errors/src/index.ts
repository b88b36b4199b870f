export { AppError, type AppErrorDetails } from './app-error.js';
export { errorCodes, type ErrorCode } from './error-codes.js';
