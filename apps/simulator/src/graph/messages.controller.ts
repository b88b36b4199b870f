import { Controller, HttpCode, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { Arrivals } from '../world/arrivals.js';
import { ownerOf, type Customer } from '../world/customer.js';
import type { Page } from '../world/page.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { Callers } from './callers.js';
import { checkMessage } from './check-message.js';
import { checkWindow } from './check-window.js';
import { GraphAnswer } from './graph-answer.js';
import { refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { readSend } from './read-send.js';
import { TakeMessage } from './take-message.js';

/** https://developers.facebook.com/docs/messenger-platform/reference/send-api */
@Controller(':id/messages')
@UseInterceptors(GraphInterceptor)
export class MessagesController {
  constructor(
    private readonly callers: Callers,
    private readonly settings: SettingsStore,
    private readonly takeMessage: TakeMessage,
    private readonly arrivals: Arrivals,
  ) {}

  @Post()
  @HttpCode(200)
  async send(@Param('id') id: string, @Req() request: GraphRequest): Promise<JsonObject | GraphAnswer> {
    const page = this.callers.page(request, id);
    checkScope(page);
    const send = readSend(parametersOf(request));
    if (send.message !== undefined) checkMessage(send.message);
    const customer = page.customers.get(send.psid);
    if (customer === undefined) throw refusal('no_such_user');
    checkReachable(customer, this.settings);
    checkWindow(send, customer.lastWroteAt, this.settings.now());
    if (send.action !== undefined) this.arrivals.announce(page, customer, { senderAction: send.action });
    if (send.message === undefined) return { recipient_id: send.psid };
    return this.takeMessage.take({ page, customer, send, message: send.message, call: request.sendCall });
  }
}

function checkScope(page: Page): void {
  if (!page.scopes.includes('pages_messaging')) throw refusal('messaging_missing');
}

function checkReachable(customer: Customer, settings: SettingsStore): void {
  if (customer.isBlocking) throw refusal('person_unavailable');
  const owner = ownerOf(customer, settings.now());
  if (owner !== null && owner.appId !== settings.appId) throw refusal('thread_not_owned');
}
