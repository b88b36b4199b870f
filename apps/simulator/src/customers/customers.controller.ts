import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { readControl, type ControlRequest } from '../control/read-control.js';
import { TokenStore } from '../graph/token.store.js';
import type { JsonObject } from '../json.js';
import { PageStore } from '../world/page.store.js';
import { Acts, type Act } from './acts.js';
import {
  createCustomerSchema,
  createPageSchema,
  deliverSchema,
  eventSchema,
  readSchema,
  renewTokensSchema,
  writeSchema,
} from './customers.schema.js';
import { describePage } from './describe-page.js';
import { findPage } from './find-customer.js';

@Controller('control')
export class CustomersController {
  constructor(
    private readonly pages: PageStore,
    private readonly tokens: TokenStore,
    private readonly acts: Acts,
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
      profile: order.profile,
      lastWroteAt: order.last_wrote_at,
    });
    return { page_id: order.page_id, psid: customer.psid };
  }

  @Post('customers.write')
  @HttpCode(200)
  write(@Req() request: ControlRequest): Promise<Act> {
    return this.acts.write(readControl(writeSchema, request));
  }

  @Post('customers.event')
  @HttpCode(200)
  event(@Req() request: ControlRequest): Promise<Act> {
    return this.acts.event(readControl(eventSchema, request));
  }

  @Post('customers.read')
  @HttpCode(200)
  read(@Req() request: ControlRequest): Promise<Act> {
    return this.acts.read(readControl(readSchema, request));
  }

  @Post('deliver')
  @HttpCode(200)
  deliver(@Req() request: ControlRequest): Promise<Act> {
    return this.acts.deliver(readControl(deliverSchema, request));
  }
}
