import type { IncomingMessage } from 'node:http';
import { parse, type ParsedUrlQuery } from 'node:querystring';
import type { Duplex } from 'node:stream';
import { REQUEST_ID_HEADER, requestIdOf } from '../request-id.js';

/** A request for another protocol, as `http` hands it over: there is no reply, only the connection. */
export class Upgrade {
  readonly id: string;
  /** Without query, and without a slash at its end. */
  readonly path: string;
  readonly query: ParsedUrlQuery;
  private readonly answerHeaders: Record<string, string>;

  constructor(
    readonly request: IncomingMessage,
    readonly connection: Duplex,
    /** What of the new protocol has already come. */
    readonly head: Buffer,
  ) {
    const [path = '', ...query] = (request.url ?? '').split('?');
    this.id = requestIdOf(request);
    this.path = path.replace(/\/$/, '');
    this.query = parse(query.join('?'));
    this.answerHeaders = { [REQUEST_ID_HEADER]: this.id };
  }

  /** Of the answer, whether it takes the upgrade or refuses it. */
  get headers(): Readonly<Record<string, string>> {
    return this.answerHeaders;
  }

  setHeader(name: string, value: string): void {
    this.answerHeaders[name] = value;
  }
}
