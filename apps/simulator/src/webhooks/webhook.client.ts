import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

export interface WebhookCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly timeoutMs: number;
}

export interface WebhookAnswer {
  /** null: no answer, `error` says why. */
  readonly status: number | null;
  readonly body: string;
  readonly error?: string;
}

/** The simulated Facebook's way out to the callback URL. */
@Injectable()
export class WebhookClient implements OnModuleDestroy {
  private readonly closing = new AbortController();
  private readonly httpAgent = new HttpAgent({ keepAlive: true });
  private readonly httpsAgent = new HttpsAgent({ keepAlive: true });

  async call(call: WebhookCall): Promise<WebhookAnswer> {
    try {
      return await this.exchange(call);
    } catch (error) {
      return { status: null, body: '', error: reasonOf(error) };
    }
  }

  onModuleDestroy(): void {
    this.closing.abort();
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  get isClosing(): boolean {
    return this.closing.signal.aborted;
  }

  private async exchange(call: WebhookCall): Promise<WebhookAnswer> {
    const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(call.timeoutMs)]);
    const request = this.open(call, signal);
    const answered = answerTo(request);
    request.end(call.body);
    try {
      const answer = await answered;
      return { status: answer.statusCode ?? null, body: await text(answer) };
    } catch (error) {
      // A kept connection that the other side closed meanwhile: nothing was received, as Node's manual explains.
      if (request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return this.exchange(call);
      throw error;
    }
  }

  private open(call: WebhookCall, signal: AbortSignal): ClientRequest {
    const headers = { ...call.headers, ...(call.body === undefined ? {} : { 'content-length': call.body.length }) };
    const options = { method: call.method, headers, signal };
    return call.url.startsWith('https:')
      ? httpsRequest(call.url, { ...options, agent: this.httpsAgent })
      : httpRequest(call.url, { ...options, agent: this.httpAgent });
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

function reasonOf(error: unknown): string {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || name === 'TimeoutError' ? 'timeout' : (code ?? name);
}
