import { BadRequestException, Injectable } from '@nestjs/common';
import { Dice } from '../world/dice.js';
import { SettingsStore } from '../world/settings.store.js';
import { WebhookClient } from './webhook.client.js';

const CHALLENGE_BELOW = 2 ** 31;

/** Facebook's verification request: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests */
@Injectable()
export class RegisterCallback {
  constructor(
    private readonly client: WebhookClient,
    private readonly settings: SettingsStore,
    private readonly dice: Dice,
  ) {}

  async register(callbackUrl: string, verifyToken: string): Promise<void> {
    const challenge = String(this.dice.below('challenge', CHALLENGE_BELOW));
    const url = new URL(callbackUrl);
    url.searchParams.set('hub.mode', 'subscribe');
    url.searchParams.set('hub.challenge', challenge);
    url.searchParams.set('hub.verify_token', verifyToken);
    const timeoutMs = this.settings.current.webhook_timeout_ms;
    const answer = await this.client.call({ method: 'GET', url: url.href, timeoutMs });
    if (answer.status !== 200) {
      const got = answer.error ?? `HTTP status ${String(answer.status)}`;
      throw new BadRequestException(`Callback verification failed: ${got}`);
    }
    if (answer.body !== challenge) {
      throw new BadRequestException('Callback verification failed: the answer is not the challenge');
    }
    this.settings.change({ callback_url: callbackUrl, verify_token: verifyToken });
  }
}
