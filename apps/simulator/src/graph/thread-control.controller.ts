import { Controller, Get, HttpCode, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { INBOX_APP_ID, OTHER_APP_ID } from '../simulator.options.js';
import { ownerOf, type Customer } from '../world/customer.js';
import { CONTROL_LIFE_MS, SettingsStore } from '../world/settings.store.js';
import { Callers } from './callers.js';
import { invalidParameter, refusal } from './graph-error.js';
import { objectParameter, parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';

/** Seven days. */
const EXTENSION_MAX_S = 604_800;

/** https://developers.facebook.com/docs/messenger-platform/conversation-routing */
@Controller(':id')
@UseInterceptors(GraphInterceptor)
export class ThreadControlController {
  constructor(
    private readonly callers: Callers,
    private readonly settings: SettingsStore,
  ) {}

  @Post('pass_thread_control')
  @HttpCode(200)
  pass(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const customer = this.customer(id, request);
    const target = parametersOf(request)['target_app_id'];
    const appId = typeof target === 'number' ? String(target) : asText(target);
    const known = [INBOX_APP_ID, OTHER_APP_ID, this.settings.appId];
    if (appId === undefined || !known.includes(appId)) throw refusal('target_app_wrong');
    this.checkOwn(customer);
    return this.give(customer, appId);
  }

  @Post('take_thread_control')
  @HttpCode(200)
  take(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    return this.give(this.customer(id, request), this.settings.appId);
  }

  /** The owner would get the webhook; it is another app. */
  @Post('request_thread_control')
  @HttpCode(200)
  request(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    this.customer(id, request);
    return { success: true };
  }

  @Post('release_thread_control')
  @HttpCode(200)
  release(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const customer = this.customer(id, request);
    this.checkOwn(customer);
    customer.owner = null;
    return { success: true };
  }

  @Post('extend_thread_control')
  @HttpCode(200)
  extend(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const customer = this.customer(id, request);
    const seconds = Number(parametersOf(request)['duration']);
    if (!(seconds > 0 && seconds <= EXTENSION_MAX_S)) throw invalidParameter('Param duration must be up to 7 days');
    this.checkOwn(customer);
    return this.give(customer, this.settings.appId, seconds * 1000);
  }

  /** No data while the thread is idle. */
  @Get('thread_owner')
  owner(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.callers.page(request, id);
    const customer = page.customers.get(asText(parametersOf(request)['recipient']) ?? '');
    if (customer === undefined) throw refusal('no_such_user');
    const owner = ownerOf(customer, this.settings.now());
    if (owner === null) return { data: [] };
    return { data: [{ thread_owner: { app_id: owner.appId, expiration: Math.floor(owner.until / 1000) } }] };
  }

  private customer(pageId: string, request: GraphRequest): Customer {
    const page = this.callers.page(request, pageId);
    const psid = asText(objectParameter(parametersOf(request), 'recipient')?.['id']);
    const customer = page.customers.get(psid ?? '');
    if (customer === undefined) throw refusal('no_such_user');
    return customer;
  }

  private checkOwn(customer: Customer): void {
    const owner = ownerOf(customer, this.settings.now());
    if (owner !== null && owner.appId !== this.settings.appId) throw refusal('thread_not_owned');
  }

  private give(customer: Customer, appId: string, lifeMs = CONTROL_LIFE_MS): JsonObject {
    customer.owner = { appId, until: this.settings.now() + lifeMs };
    return { success: true };
  }
}
