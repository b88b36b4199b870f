export { createLogger, type LoggerOptions, type LogLevel } from './create-logger.js';
export type { Logger } from 'pino';
export { nestLogger } from './nest-logger.js';
export { tagsOf } from './tags-of.js';
export { readTraceparent } from './tracing/traceparent.js';
export { openTracing } from './tracing/open-tracing.js';
export { noTracing, type Span, type Tracing } from './tracing/tracing.js';
