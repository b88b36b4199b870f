import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import type { Page } from '../world/page.store.js';
import { Callers } from './callers.js';
import { invalidParameter, refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { PAGE_FIELDS } from './page-fields.js';

/** https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps */
@Controller(':id/subscribed_apps')
@UseInterceptors(GraphInterceptor)
export class SubscriptionsController {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly callers: Callers,
  ) {}

  @Post()
  @HttpCode(200)
  subscribe(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.managedPage(id, request);
    page.subscribedFields = readFields(parametersOf(request)['subscribed_fields']);
    page.failingSince = null;
    return { success: true };
  }

  @Get()
  list(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.managedPage(id, request);
    if (page.subscribedFields === null) return { data: [] };
    const app = { id: this.app.appId, name: 'Simulated app', category: 'Messenger bots for business' };
    return { data: [{ ...app, link: 'https://simulator.example/', subscribed_fields: page.subscribedFields }] };
  }

  @Delete()
  unsubscribe(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    this.managedPage(id, request).subscribedFields = null;
    return { success: true };
  }

  private managedPage(id: string, request: GraphRequest): Page {
    const page = this.callers.page(request, id);
    const missing = ['pages_manage_metadata', 'pages_messaging'].find((scope) => !page.scopes.includes(scope));
    if (missing === undefined) return page;
    throw refusal('permission_missing', { message: `To subscribe to the messages field, ${missing} is needed` });
  }
}

function readFields(value: unknown): readonly string[] {
  const names = Array.isArray(value) ? value.map(String) : namesIn(asText(value) ?? '');
  if (names.length === 0) throw invalidParameter('The parameter subscribed_fields is required.');
  const unknown = names.findIndex((name) => !PAGE_FIELDS.has(name));
  if (unknown !== -1) {
    const name = names[unknown] ?? '';
    throw invalidParameter(`Param subscribed_fields[${String(unknown)}] is not a webhook field of a page: "${name}"`);
  }
  return [...new Set(names)];
}

/** `a,b`, or in a form body `["a","b"]`. */
function namesIn(text: string): string[] {
  return text
    .replace(/[[\]"]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
