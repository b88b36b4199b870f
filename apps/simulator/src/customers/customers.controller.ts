import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { readControl, type ControlRequest } from '../control/read-control.js';
import { TokenStore } from '../graph/token.store.js';
import type { JsonObject } from '../json.js';
import { PageStore } from '../world/page.store.js';
import type { WebhookRecord } from '../world/record.store.js';
import { createCustomerSchema, createPageSchema, partiesSchema, renewTokensSchema } from './customers.schema.js';
import { describePage } from './describe-page.js';
import { findCustomer, findPage } from './find-customer.js';
import { PlayActs, readAct, type Played } from './play-acts.js';

type ActAnswer = Omit<Played, 'webhook'> & { readonly webhook: WebhookRecord | null };

@Controller('control')
export class CustomersController {
  constructor(
    private readonly pages: PageStore,
    private readonly tokens: TokenStore,
    private readonly acts: PlayActs,
  ) {}

  @Post('pages.create')
  @HttpCode(200)
  createPage(@Req() request: ControlRequest): JsonObject {
    const { user_id: userId, business_id: businessId, ...page } = readControl(createPageSchema, request);
    return describePage(this.pages.create({ ...page, userId, businessId }), this.tokens);
  }

  /** Ends the page's tokens as a changed password does, and gives new ones. */
  @Post('pages.renew_tokens')
  @HttpCode(200)
  renewTokens(@Req() request: ControlRequest): JsonObject {
    const order = readControl(renewTokensSchema, request);
    const page = findPage(this.pages, order.page_id);
    this.tokens.invalidate('PAGE', page.id, order.subcode);
    this.tokens.invalidate('USER', page.userId, order.subcode);
    return describePage(page, this.tokens);
  }

  @Post('customers.create')
  @HttpCode(200)
  createCustomer(@Req() request: ControlRequest): JsonObject {
    const order = readControl(createCustomerSchema, request);
    const customer = this.pages.createCustomer(findPage(this.pages, order.page_id), {
      psid: order.psid,
      firstName: order.first_name,
      lastName: order.last_name,
      locale: order.locale,
      timezone: order.timezone,
      profile: order.profile,
      isBlocking: order.blocking,
      lastWroteAt: order.last_wrote_at,
    });
    return { page_id: order.page_id, psid: customer.psid };
  }

  /** What people do, and what pages and other apps do in their threads. */
  @Post(['customers.:act', 'pages.:act'])
  @HttpCode(200)
  act(@Param('act') name: string, @Req() request: ControlRequest): Promise<ActAnswer> {
    return this.play(name, request);
  }

  @Post('deliver')
  @HttpCode(200)
  deliver(@Req() request: ControlRequest): Promise<ActAnswer> {
    return this.play('deliver', request);
  }

  @Post('customers.block')
  @HttpCode(200)
  block(@Req() request: ControlRequest): JsonObject {
    return this.setBlocking(request, true);
  }

  @Post('customers.unblock')
  @HttpCode(200)
  unblock(@Req() request: ControlRequest): JsonObject {
    return this.setBlocking(request, false);
  }

  private async play(name: string, request: ControlRequest): Promise<ActAnswer> {
    const { page_id: pageId, psid, timestamp, wait, ...order } = readControl(partiesSchema, request);
    const act = readAct(name, order);
    const page = findPage(this.pages, pageId);
    const { webhook, ...played } = this.acts.play(act, { page, customer: findCustomer(page, psid), timestamp });
    return { ...played, webhook: wait ? await webhook : null };
  }

  private setBlocking(request: ControlRequest, isBlocking: boolean): JsonObject {
    const { page_id: pageId, psid } = readControl(partiesSchema, request);
    findCustomer(findPage(this.pages, pageId), psid).isBlocking = isBlocking;
    return { page_id: pageId, psid, blocking: isBlocking };
  }
}
