import { ask, type Answer, type Heard } from './answer.js';
import { envelope, textItem, type Item, type TextItem } from './facebook-items.js';
import { facebookJson, signatureOf } from './sign-webhook.js';

export interface Posting {
  /** Default: the URL that Airy had. */
  readonly path?: string;
  /** null: no header at all. Default: the right one for the body under the app's secret. */
  readonly signature?: string | null;
}

/** What Facebook posts, signed by the test itself. */
export class WebhookClient {
  constructor(
    private readonly url: () => string,
    private readonly appSecret: string,
    private readonly heard?: Heard,
  ) {}

  /** Any bytes. */
  post(
    body: string,
    { path = '/facebook', signature = signatureOf(body, this.appSecret) }: Posting = {},
  ): Promise<Answer> {
    const signed: Record<string, string> = signature === null ? {} : { 'x-hub-signature-256': signature };
    const headers = { 'content-type': 'application/json', ...signed };
    return ask(`${this.url()}${path}`, { method: 'POST', headers, body }, this.heard);
  }

  /** Items of one page in one body; throws unless it is answered 200. */
  async deliver(pageId: string, items: readonly Item[], posting: Posting = {}): Promise<void> {
    const answer = await this.post(facebookJson(envelope(pageId, items)), posting);
    if (answer.status !== 200) throw new Error(`A signed webhook was answered ${answer.status}: ${answer.text}`);
  }

  /** A customer's message; throws unless it is answered 200. */
  deliverText(item: TextItem, posting: Posting = {}): Promise<void> {
    return this.deliver(item.pageId, [textItem(item)], posting);
  }
}
