import {
  createParamDecorator,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { HttpRequest } from '#libs/http';
import { storableJson } from '#libs/messaging';

export type CallBody = Readonly<Record<string, unknown>>;

const bodies = new WeakMap<HttpRequest, CallBody>();

/** Keeps the body for `callBodyOf` in a form that PostgreSQL takes, and hands the validation a copy that it can't stumble over. */
@Injectable()
export class CallBodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const body = storableJson(request.body) as CallBody;
    bodies.set(request, body);
    request.body = withoutConstructors(body);
    return next.handle();
  }
}

/** The whole body as it was given: DTOs hold what they know, and class-transformer has rewritten what is nested. */
export function callBodyOf(request: HttpRequest): CallBody {
  const body = bodies.get(request);
  if (body === undefined) throw new Error('This route asks for its body as given and is not one of @Calls().');
  return body;
}

/** `run(@GivenBody() body: CallBody)` in a controller of `@Calls()`. */
export const GivenBody = createParamDecorator((_: unknown, context: ExecutionContext): CallBody =>
  callBodyOf(context.switchToHttp().getRequest<HttpRequest>()),
);

/** class-transformer takes an object's own field `constructor` for its class and throws when it is none. */
function withoutConstructors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutConstructors);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'constructor');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutConstructors(inner)]));
}
