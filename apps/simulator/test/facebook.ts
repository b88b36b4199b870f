import { createHmac } from 'node:crypto';

export const APP_ID = '290000000000001';
export const APP_SECRET = 'test-app-secret';
export const VERIFY_TOKEN = 'test-verify-token';
export const PAGE_ID = '108200000000001';
export const PSID = '6500000000000011';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface State {
  readonly pages: { page_id: string; page_token: string; user_token: string; subscribed_fields: string[] | null }[];
  readonly sends: Record<string, unknown>[];
  readonly webhooks: { field: string; outcome: string; attempts: { status: number | null; error?: string }[] }[];
  readonly totals: Record<string, number>;
  readonly alerts: Record<string, unknown>[];
}

/** The simulator, seen from outside. */
export class Facebook {
  constructor(readonly url: string) {}

  async control(call: string, body: unknown = {}): Promise<Answer> {
    return this.fetch(`/control/${call}`, { method: 'POST', body: JSON.stringify(body) });
  }

  async state(): Promise<State> {
    return (await this.control('state')).body as unknown as State;
  }

  async tokens(): Promise<{ pageToken: string; userToken: string }> {
    const [page] = (await this.state()).pages;
    return { pageToken: page?.page_token ?? '', userToken: page?.user_token ?? '' };
  }

  async pageToken(pageId = PAGE_ID): Promise<string> {
    const { pages } = await this.state();
    return pages.find((page) => page.page_id === pageId)?.page_token ?? '';
  }

  /** An act of the demo customer, or of somebody else in that thread. */
  act(name: string, order: Record<string, unknown> = {}): Promise<Answer> {
    return this.control(`customers.${name}`, { page_id: PAGE_ID, psid: PSID, ...order });
  }

  /** A call of the Send API by the demo page to the demo customer. */
  async send(body: Record<string, unknown>): Promise<Answer> {
    return this.post('/v25.0/me/messages', await this.pageToken(), { recipient: { id: PSID }, ...body });
  }

  sendMessage(message: unknown): Promise<Answer> {
    return this.send({ messaging_type: 'RESPONSE', message });
  }

  async get(path: string, token: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(`${path}?${String(new URLSearchParams({ ...proofOf(token), ...query }))}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  }

  async post(path: string, token: string, body: Record<string, unknown>): Promise<Answer> {
    return this.fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...proofOf(token), ...body }),
    });
  }

  delete(path: string, token: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(`${path}?${String(new URLSearchParams({ ...proofOf(token), ...query }))}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, init);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
  }
}

export function proofOf(token: string): { appsecret_proof: string } {
  return { appsecret_proof: createHmac('sha256', APP_SECRET).update(token).digest('hex') };
}

/** Ends when `isDone` holds; Jest's time-out ends it otherwise. */
export async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 5));
}
