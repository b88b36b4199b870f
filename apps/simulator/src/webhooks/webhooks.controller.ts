import { BadRequestException, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import { readControl, type ControlRequest } from '../control/read-control.js';
import { RecordStore, type WebhookAttempt } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { escapeUnicode } from './escape-unicode.js';
import { PostBody, type WebhookBody } from './post-body.js';
import { RegisterCallback } from './register-callback.js';

const MANY = 10_000;

const subscribeSchema = z.strictObject({ callback_url: z.url(), verify_token: z.string().optional() });

const postSchema = z
  .strictObject({
    body: z.unknown().optional(),
    raw: z.string().optional(),
    signature: z.enum(['right', 'wrong', 'missing', 'empty']).default('right'),
    app_secret: z.string().optional(),
    url: z.url().optional(),
    times: z.number().int().min(1).max(MANY).default(1),
    parallel: z.number().int().min(1).max(100).default(1),
  })
  .refine((request) => (request.body === undefined) !== (request.raw === undefined), 'needs either body or raw');

@Controller('control')
export class WebhooksController {
  constructor(
    private readonly registerCallback: RegisterCallback,
    private readonly postBody: PostBody,
    private readonly records: RecordStore,
    private readonly settings: SettingsStore,
  ) {}

  @Post('app.subscribe')
  @HttpCode(200)
  async subscribe(@Req() request: ControlRequest): Promise<{ success: true }> {
    const { callback_url: url, verify_token: token } = readControl(subscribeSchema, request);
    await this.registerCallback.register(url, token ?? this.settings.current.verify_token);
    return { success: true };
  }

  /** Any bytes, once or many times, without repeats. */
  @Post('webhooks.post')
  @HttpCode(200)
  async post(@Req() request: ControlRequest): Promise<{ attempts: WebhookAttempt[] }> {
    const order = readControl(postSchema, request);
    const url = order.url ?? this.settings.current.callback_url;
    if (url === null) throw new BadRequestException('No callback_url is set; call app.subscribe first, or give url');
    const body = Buffer.from(order.raw ?? escapeUnicode(order.body));
    const webhook = { body, url, signature: order.signature, appSecret: order.app_secret };
    return { attempts: await this.postMany(webhook, order.times, order.parallel) };
  }

  private async postMany(webhook: WebhookBody, times: number, parallel: number): Promise<WebhookAttempt[]> {
    const attempts: WebhookAttempt[] = [];
    let left = times;
    const post = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        attempts.push(await this.postBody.post(webhook));
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, times) }, post));
    const outcome = attempts.every((attempt) => attempt.status === 200) ? 'delivered' : 'lost';
    const unknown = { page_id: null, psid: null, mid: null };
    this.records.addWebhook({ ...unknown, field: 'webhooks.post', channel: 'messaging', attempts, outcome });
    return attempts;
  }
}
