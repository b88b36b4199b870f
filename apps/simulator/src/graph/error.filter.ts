import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { LOGGER, type Logger } from '../logger.js';
import { Dice } from '../world/dice.js';
import { GraphError, refusal } from './graph-error.js';

interface Reply {
  headers(values: Readonly<Record<string, string>>): Reply;
  status(code: number): Reply;
  send(body: unknown): unknown;
}

/** Every error leaves in Facebook's shape: https://developers.facebook.com/docs/graph-api/guides/error-handling */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly dice: Dice,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const graphError = this.asGraphError(error, http.getRequest<{ url: string }>().url);
    const { refusal: row, message, status } = graphError;
    const type = row.type ?? 'OAuthException';
    const body = {
      message,
      type,
      code: row.code,
      ...(row.subcode === undefined ? {} : { error_subcode: row.subcode }),
      ...(row.transient === true ? { is_transient: true } : {}),
      fbtrace_id: `A${this.dice.bytes('fbtrace', 16).toString('base64url')}`,
    };
    const headers = { ...(type === 'OAuthException' ? challenge(message) : {}), ...row.headers };
    http.getResponse<Reply>().headers(headers).status(status).send({ error: body });
  }

  private asGraphError(error: unknown, url: string): GraphError {
    if (error instanceof GraphError) return error;
    if (error instanceof HttpException) {
      const status = error.getStatus();
      const path = url.split('?')[0] ?? '';
      return status === 404
        ? refusal('path_unknown', { message: `Unknown path components: ${path}` })
        : refusal('parameter', { message: error.message, status });
    }
    const statusCode = (error as { statusCode?: unknown }).statusCode;
    if (typeof statusCode === 'number' && statusCode < 500) {
      return refusal('parameter', { message: (error as Error).message, status: statusCode });
    }
    this.logger.error({ err: error }, 'a call failed by a defect of the simulator');
    return refusal('unknown');
  }
}

/** Facebook repeats the message here; a header takes neither quotes nor anything beyond ASCII. */
function challenge(message: string): Record<string, string> {
  const plain = message.replace(/[^ -~]|"/g, '?');
  return { 'WWW-Authenticate': `OAuth "Facebook Platform" "invalid_request" "${plain}"` };
}
