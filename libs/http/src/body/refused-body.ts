import type { HttpRequest } from '../http-types.js';

/** Bodies are read before guards run, but who may call is told first: whoever asks for the body then is told what is wrong with it. */
export function refuseLater(request: HttpRequest, error: Error): void {
  Object.defineProperty(request, 'body', {
    get: () => {
      throw error;
    },
  });
}
