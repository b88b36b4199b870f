import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { tagsOf, type Logger } from '#libs/observability';
import { noteProblem } from '../access-log.js';
import type { HttpReply, HttpRequest } from '../http-types.js';
import { originOf } from '../request-origin.js';
import type { KnownRoutes } from './known-routes.js';
import { problemOf } from './problem-of.js';
import { renderProblem } from './render-problem.js';

/** The only place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly routes: KnownRoutes,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const reply = host.switchToHttp().getResponse<HttpReply>();
    const problem = request.is404 ? this.nothingHere(request, reply) : problemOf(error);
    this.log(problem, request);
    noteProblem(request, problem.code);
    // an answer that is under way, e.g. a stream, can only be broken off
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = renderProblem(problem, request.id);
    void reply.status(status).headers(headers).send(body);
  }

  private nothingHere(request: HttpRequest, reply: HttpReply): AppError {
    const methods = this.routes.methodsAt(request.raw.url ?? '/');
    if (methods.length === 0) return new AppError('not_found', 'Nothing is served under this path.');
    const allow = methods.join(', ');
    void reply.header('allow', allow);
    return new AppError('method_not_allowed', `${request.method} is not served here: use ${allow}.`);
  }

  /** Refusals stand in the access log with their code; only what an operator must see gets a line of its own. */
  private log(problem: AppError, request: HttpRequest): void {
    if (problem.status < 500) return;
    const level = problem.code === 'internal' ? 'error' : 'warn';
    const route = request.routeOptions.url;
    this.logger[level](
      { err: problem.cause ?? problem, code: problem.code, ...tagsOf(originOf(request)), route },
      problem.message,
    );
  }
}
