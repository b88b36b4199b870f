import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { ask } from './answer.js';
import { only } from './only.js';
import { waitFor } from './wait-for.js';

const pageSchema = z.object({
  page_id: z.string(),
  name: z.string(),
  page_token: z.string().min(1),
  user_token: z.string().min(1),
  subscribed_fields: z.array(z.string()).nullable(),
});
export type SimulatedPage = z.infer<typeof pageSchema>;

const sendSchema = z.object({
  /** Epoch milliseconds. */
  at: z.iso.datetime().transform((text) => Date.parse(text)),
  token_in: z.string(),
  version: z.string().nullable(),
  page_id: z.string().nullable(),
  recipient_id: z.string().nullable(),
  text: z.string().nullable(),
  metadata: z.string().nullable(),
  message: z.unknown(),
  outcome: z.string(),
  mid: z.string().nullable(),
  count: z.int(),
});
export type GraphSend = z.infer<typeof sendSchema>;

const webhookSchema = z.object({
  field: z.string(),
  mid: z.string().nullable(),
  outcome: z.string(),
});

const stateSchema = z.object({
  settings: z.object({ require_proof: z.boolean() }),
  pages: z.array(pageSchema),
  sends: z.array(sendSchema),
  webhooks: z.array(webhookSchema),
});
export type SimulatorState = z.infer<typeof stateSchema>;

export interface Settings {
  readonly echo?: 'before' | 'after' | 'off';
  readonly delivery?: 'auto' | 'off';
  readonly read?: 'auto' | 'off';
  readonly callback_url?: string | null;
  readonly latency_ms?: number;
  readonly clock_offset_ms?: number;
}

export interface Fault {
  readonly mode: string;
  readonly path?: string;
  readonly page_id?: string;
  readonly recipient_id?: string;
  readonly method?: string;
  readonly code?: number;
  readonly subcode?: number;
  readonly status?: number;
  readonly times?: number;
}

interface NewPage {
  readonly id?: string;
  readonly name?: string;
  readonly user_id?: string;
  readonly business_id?: string;
}

interface Writing {
  readonly page_id: string;
  readonly psid: string;
  readonly text: string;
  readonly mid?: string;
}

interface Receipt {
  readonly page_id: string;
  readonly psid: string;
  readonly mids?: readonly string[];
  readonly watermark?: number;
}

/** Facebook and its customers, by the simulator's control calls. */
export class SimulatorClient {
  constructor(readonly url: string) {}

  async createPage(page: NewPage = {}): Promise<SimulatedPage> {
    return pageSchema.parse(await this.control('pages.create', page));
  }

  /** Ends the tokens of the page, as a changed password does, and gives new ones. */
  async renewTokens(pageId: string): Promise<SimulatedPage> {
    return pageSchema.parse(await this.control('pages.renew_tokens', { page_id: pageId }));
  }

  /** A customer who wrote just now, so that Facebook lets the page answer. */
  async createCustomer(pageId: string, psid?: string): Promise<string> {
    const customer = { page_id: pageId, ...(psid === undefined ? {} : { psid }), last_wrote_at: Date.now() };
    return z.object({ psid: z.string() }).parse(await this.control('customers.create', customer)).psid;
  }

  /** Posts a signed webhook to the callback URL; answers the message's mid. */
  async write(writing: Writing): Promise<string> {
    return z.object({ mid: z.string() }).parse(await this.control('customers.write', writing)).mid;
  }

  async read(receipt: Receipt): Promise<void> {
    await this.control('customers.read', receipt);
  }

  async deliver(receipt: Receipt): Promise<void> {
    await this.control('deliver', receipt);
  }

  async change(settings: Settings): Promise<void> {
    await this.control('settings', settings);
  }

  async fail(fault: Fault): Promise<void> {
    await this.control('faults', fault);
  }

  /** Where webhooks go; Facebook verifies the URL first. */
  async subscribe(callbackUrl: string, verifyToken: string): Promise<void> {
    await this.control('app.subscribe', { callback_url: callbackUrl, verify_token: verifyToken });
  }

  /** What the page sends from now on, as anybody who holds its token can set it. */
  async subscribePage(
    { page_token: token }: SimulatedPage,
    fields: readonly string[],
    appSecret: string,
  ): Promise<void> {
    const appsecret_proof = createHmac('sha256', appSecret).update(token).digest('hex');
    const answer = await ask(`${this.url}/v25.0/me/subscribed_apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subscribed_fields: fields.join(','), appsecret_proof }),
    });
    if (answer.status !== 200) throw new Error(`The simulator answered with ${answer.status}: ${answer.text}`);
  }

  async state(): Promise<SimulatorState> {
    return stateSchema.parse(await this.control('state', {}));
  }

  async page(pageId: string): Promise<SimulatedPage> {
    const { pages } = await this.state();
    return only(
      pages.filter((page) => page.page_id === pageId),
      `page ${pageId}`,
    );
  }

  /** Every call of the Send API that carried our mark for this message, refused ones included. */
  async sendsOf(messageId: string): Promise<GraphSend[]> {
    return (await this.state()).sends.filter(({ metadata }) => metadata?.startsWith(`p1:${messageId}:`) === true);
  }

  /** The one call that Facebook took for this message. */
  async waitForSend(messageId: string): Promise<GraphSend> {
    await waitFor(`message ${messageId} to reach Facebook`, async () => (await this.sendsOf(messageId)).length > 0);
    return only(await this.sendsOf(messageId), `Graph call for message ${messageId}`);
  }

  /** Waits until the webhook of this kind about this message was answered 200. */
  async waitForWebhook(field: string, mid: string): Promise<void> {
    await waitFor(`the ${field} webhook of ${mid} to be delivered`, async () =>
      (await this.state()).webhooks.some(
        (webhook) => webhook.field === field && webhook.mid === mid && webhook.outcome === 'delivered',
      ),
    );
  }

  async control(call: string, body: unknown): Promise<unknown> {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await ask(`${this.url}/control/${call}`, request);
    if (answer.status !== 200) throw new Error(`The simulator answered ${call} with ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }
}
