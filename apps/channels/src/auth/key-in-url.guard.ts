import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AppError } from '#libs/errors';
import type { HttpRequest } from '#libs/http';

/** Names under which people put a key into a URL, where every proxy on the way writes it down. */
const keyNames = /key|token|secret|bearer|authori[sz]ation/i;

/** Before anything else is looked at: the caller must not believe that only its key was wrong. */
@Injectable()
export class KeyInUrlGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query } = context.switchToHttp().getRequest<HttpRequest>();
    const names = Object.keys(query as object).filter((name) => keyNames.test(name));
    if (names.length === 0) return true;
    throw new AppError(
      'invalid_request',
      'An API key never goes into a URL: send it as Authorization: Bearer <api key>, and revoke the one that was sent.',
      { errors: names.map((field) => ({ field, message: 'is not accepted in the URL' })) },
    );
  }
}
