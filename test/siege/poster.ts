import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { envelope, type Item } from '../harness/facebook-items.js';
import { facebookJson, signatureOf } from '../harness/sign-webhook.js';

/** As long as Facebook waits: https://developers.facebook.com/docs/messenger-platform/webhooks */
const patienceMs = 5_000;
const pauseMs = 25;

interface Door {
  /** Throws when nobody is there. */
  readonly url: () => string;
  readonly appSecret: string;
}

/** Facebook, had it all the patience in the world: what is not answered 200 is posted again until it is. */
export class Poster {
  /** Bodies answered 200. */
  answered = 0;
  /** performance.now() of the last 200. */
  answeredAt = 0;
  repeated = 0;
  refused = 0;
  /** Answers that nobody may get for a signed body. */
  readonly complaints: string[] = [];
  private isOver = false;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly door: Door) {}

  /** False only when the siege was given up meanwhile. */
  async deliver(pageId: string, items: readonly Item[]): Promise<boolean> {
    const body = facebookJson(envelope(pageId, items));
    const signature = signatureOf(body, this.door.appSecret);
    for (;;) {
      if (this.isOver) return false;
      const status = await this.post(body, signature).catch(() => 0);
      if (status === 200) break;
      this.note(status);
      await sleep(pauseMs);
    }
    this.answered += 1;
    this.answeredAt = performance.now();
    return true;
  }

  stop(): void {
    this.isOver = true;
    this.agent.destroy();
  }

  private note(status: number): void {
    this.repeated += 1;
    if (status === 503) this.refused += 1;
    else if (status !== 0) this.complaints.push(`a signed webhook was answered ${status}`);
  }

  private async post(body: string, signature: string): Promise<number> {
    const url = new URL('/webhooks/facebook', this.door.url());
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-hub-signature-256': signature,
    };
    return new Promise((resolve, reject) => {
      const call = request(url, { method: 'POST', agent: this.agent, headers, timeout: patienceMs }, (response) => {
        response.resume();
        response.once('end', () => {
          resolve(response.statusCode ?? 0);
        });
        response.once('error', reject);
        response.once('close', () => {
          reject(new Error('The answer was cut off'));
        });
      });
      call.once('timeout', () => call.destroy(new Error('No answer in time')));
      call.on('error', reject);
      call.end(body);
    });
  }
}
