import { createHmac } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosResponse } from 'axios';
import { asText, isObject, type JsonObject } from '../json.js';
import { Dispatch } from './dispatch.js';

/** Connecting, asking and the whole answer. */
const DEADLINE_MS = 15_000;
/** Below the 5 s after which Node servers close an idle connection: a request into a closing one would end as unknown. */
const IDLE_MS = 4_000;
const ANSWER_BYTES_MAX = 1_048_576;
const REQUEST_BYTES_MAX = 1_048_576;

export interface GraphOptions {
  readonly url: string;
  readonly version: string;
  readonly deadlineMs?: number;
}

export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the version, e.g. `1234/messages`. */
  readonly path: string;
  readonly token?: string;
  /** The secret of the app that the token was made for. */
  readonly secret?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** Instead of `body`: the OAuth endpoints speak this. */
  readonly form?: Readonly<Record<string, string>>;
}

/** What became of a call: a value, never an exception, and never with a token in it. */
export type GraphResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** undefined: not JSON. */
      readonly body: unknown;
      readonly header: (name: string) => string | undefined;
    }
  /** Not a byte of it left: repeating is safe. */
  | { readonly kind: 'not_written'; readonly reason: string; readonly isTimeout: boolean }
  /** It left, and nothing says what became of it. */
  | { readonly kind: 'unanswered'; readonly reason: string; readonly isTimeout: boolean };

/** The only door to the Graph API. https://developers.facebook.com/docs/graph-api/overview */
export class GraphClient {
  private readonly http = axios.create({
    adapter: 'http',
    httpAgent: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    httpsAgent: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
    maxRedirects: 0,
    proxy: false,
    maxContentLength: ANSWER_BYTES_MAX,
    maxBodyLength: REQUEST_BYTES_MAX,
    responseType: 'text',
    transformResponse: [(text: unknown): unknown => text],
    validateStatus: () => true,
  });

  constructor(private readonly options: GraphOptions) {}

  get host(): string {
    return new URL(this.options.url).hostname;
  }

  async call(call: GraphCall): Promise<GraphResult> {
    const dispatch = new Dispatch();
    const deadline = AbortSignal.timeout(this.options.deadlineMs ?? DEADLINE_MS);
    try {
      const response = await this.http.request<unknown>({
        method: call.method,
        url: `${this.options.url}/${this.options.version}/${call.path}`,
        headers: call.token === undefined ? {} : { Authorization: `Bearer ${call.token}` },
        ...withProof(call),
        transport: dispatch,
        signal: deadline,
      });
      return readAnswer(response);
    } catch (error) {
      // The error of axios carries the request with its token: nothing of it goes on but a code.
      const reason = deadline.aborted ? 'no answer in time' : codeOf(error);
      const kind = dispatch.isProvablyNotWritten ? 'not_written' : 'unanswered';
      return { kind, reason, isTimeout: deadline.aborted };
    }
  }
}

/** https://developers.facebook.com/docs/graph-api/guides/secure-requests#appsecret_proof */
function withProof({ method, token, secret, query, body, form }: GraphCall): { params?: object; data?: object } {
  if (form !== undefined) return { data: new URLSearchParams(form) };
  const proof =
    token === undefined || secret === undefined
      ? {}
      : { appsecret_proof: createHmac('sha256', secret).update(token).digest('hex') };
  return method === 'POST' ? { params: query ?? {}, data: { ...body, ...proof } } : { params: { ...query, ...proof } };
}

function readAnswer({ status, data, headers }: AxiosResponse<unknown>): GraphResult {
  const header = (name: string): string | undefined => asText(headers[name]);
  return { kind: 'answered', status, body: typeof data === 'string' ? parse(data) : undefined, header };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const code = isObject(error) ? asText(error['code']) : undefined;
  return code !== undefined && /^[A-Z0-9_]+$/.test(code) ? code : 'connection lost';
}
