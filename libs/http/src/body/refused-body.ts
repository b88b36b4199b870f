import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { HttpRequest } from '../http-types.js';

const refusals = new WeakMap<HttpRequest, Error>();

/** Bodies are read before guards run, but who may call is told first: what is wrong with the body waits until then. */
export function refuseLater(request: HttpRequest, error: Error): void {
  refusals.set(request, error);
  request.body = {};
}

/** Interceptors run after guards. */
@Injectable()
export class RefusedBodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const refusal = refusals.get(context.switchToHttp().getRequest<HttpRequest>());
    if (refusal !== undefined) throw refusal;
    return next.handle();
  }
}
