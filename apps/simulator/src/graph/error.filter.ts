import { randomBytes } from 'node:crypto';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { LOGGER, type Logger } from '../logger.js';
import { GraphError, refusal } from './graph-error.js';

interface Reply {
  status(code: number): { send(body: unknown): unknown };
}

/** Every error leaves in Facebook's shape: https://developers.facebook.com/docs/graph-api/guides/error-handling */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const graphError = this.asGraphError(error, http.getRequest<{ url: string }>().url);
    const { refusal: row, message, status } = graphError;
    const body = {
      message,
      type: row.type ?? 'OAuthException',
      code: row.code,
      ...(row.subcode === undefined ? {} : { error_subcode: row.subcode }),
      ...(row.transient === true ? { is_transient: true } : {}),
      fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
    };
    http.getResponse<Reply>().status(status).send({ error: body });
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
