import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '../logger.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import type { WebhookAttempt } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { sign } from './sign.js';
import { WebhookClient } from './webhook.client.js';

export type SignatureKind = 'right' | 'wrong' | 'missing' | 'empty';

export interface WebhookBody {
  readonly body: Buffer;
  readonly url: string;
  readonly signature?: SignatureKind;
  /** Another app's; default: the simulated app's. */
  readonly appSecret?: string | undefined;
}

const FORGED_SECRET = 'not the secret of any app';

/** One POST to the app, its bytes signed as they are. */
@Injectable()
export class PostBody {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly settings: SettingsStore,
    private readonly client: WebhookClient,
  ) {}

  async post(webhook: WebhookBody): Promise<WebhookAttempt> {
    const startedAt = performance.now();
    const answer = await this.client.call({
      method: 'POST',
      url: webhook.url,
      headers: { 'content-type': 'application/json', 'user-agent': 'facebookexternalua', ...this.signed(webhook) },
      body: webhook.body,
      timeoutMs: this.settings.current.webhook_timeout_ms,
    });
    const attempt: WebhookAttempt = {
      status: answer.status,
      ...(answer.error === undefined ? {} : { error: answer.error }),
      duration_ms: Math.round(performance.now() - startedAt),
    };
    if (attempt.status !== 200 && !this.client.isClosing) this.logger.warn(attempt, 'a webhook was not answered 200');
    return attempt;
  }

  private signed(webhook: WebhookBody): Record<string, string> {
    switch (webhook.signature ?? 'right') {
      case 'right':
        return { 'x-hub-signature-256': sign(webhook.appSecret ?? this.app.appSecret, webhook.body) };
      case 'wrong':
        return { 'x-hub-signature-256': sign(FORGED_SECRET, webhook.body) };
      case 'empty':
        return { 'x-hub-signature-256': '' };
      case 'missing':
        return {};
    }
  }
}
