import { pino, type DestinationStream, type Logger } from 'pino';
import { redactRecord } from './redact.js';
import { scrubText } from './scrub-text.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  /** The process that speaks. */
  readonly app: string;
  readonly level?: LogLevel;
  /** Default: stdout, written at once, so that the last line before a crash is there. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines. Secrets and what people write are redacted by key at any depth, in bindings of child loggers too, and what is
 * left of each line is searched for forms of secrets. `request_id` goes into a child: `logger.child({ request_id })`.
 */
export function createLogger({ app, level = 'info', destination }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      base: { app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactRecord },
      // what redactRecord made of an error is final
      serializers: { err: (serialised: unknown) => serialised },
      hooks: { streamWrite: scrubText },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  redactChildren(logger);
  return logger;
}

/** pino hands bindings of children to no formatter; what is set on the root is inherited by all of them. */
function redactChildren(logger: Logger): void {
  const prototype = Object.getPrototypeOf(logger) as Logger;
  logger.child = function redactedChild(this: Logger, bindings, options) {
    return prototype.child.call(this, redactRecord(bindings), options);
  } as Logger['child'];
}
