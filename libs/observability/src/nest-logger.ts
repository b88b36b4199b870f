import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { isError } from './serialise-error.js';

/** Nest's own lines through pino. What Nest calls `log` (modules, routes) is `debug` here: a healthy start is quiet. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'debug' | 'trace' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...parameters: unknown[]): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level](...lineOf(message, parameters));
    };
  return {
    log: write('debug'),
    debug: write('trace'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}

/** Nest's last parameter is the context; before it, for errors, stands the stack or the error itself. */
function lineOf(message: unknown, parameters: unknown[]): [Record<string, unknown>, string] {
  const context = parameters.at(-1);
  const details = parameters.slice(0, -1);
  const error = [message, ...parameters].find(isError);
  return [
    {
      context: typeof context === 'string' ? context : undefined,
      err: error,
      stack: error === undefined ? details.find((part) => typeof part === 'string') : undefined,
    },
    textOf(message),
  ];
}

function textOf(message: unknown): string {
  if (isError(message)) return message.message;
  return typeof message === 'string' ? message : inspect(message, { depth: 2, breakLength: Infinity });
}
