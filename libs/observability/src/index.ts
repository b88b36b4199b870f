export { createLogger, type LoggerOptions, type LogLevel } from './create-logger.js';
export type { Logger } from 'pino';
export { nestLogger } from './nest-logger.js';
