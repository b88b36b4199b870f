import { Controller, Get, Param, Req, UseInterceptors } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { newestFirst, type Customer, type ThreadMessage } from '../world/customer.js';
import type { Page } from '../world/page.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { Callers } from './callers.js';
import { pickFields, requestedFields, subFields } from './fields.js';
import { refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';

const SCOPES = ['pages_messaging', 'pages_manage_metadata', 'pages_read_engagement'];
const CALLS_PER_SECOND = 2;
const SECOND_MS = 1_000;

/** What a page and its customers wrote to one another. https://developers.facebook.com/docs/graph-api/reference/page/conversations */
@Controller(':id/conversations')
@UseInterceptors(GraphInterceptor)
export class ConversationsController {
  private readonly calls = new Map<string, number[]>();

  constructor(
    private readonly callers: Callers,
    private readonly settings: SettingsStore,
  ) {}

  @Get()
  list(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.callers.page(request, id);
    checkScopes(page);
    this.checkRate(page);
    const parameters = parametersOf(request);
    if ((parameters['platform'] ?? 'messenger') !== 'messenger') return { data: [] };
    const psid = asText(parameters['user_id']);
    const shown = [...page.customers.values()].filter(
      (customer) => customer.thread.length > 0 && (psid === undefined || customer.psid === psid),
    );
    return { data: shown.map((customer) => conversationNode(page, customer, parameters)) };
  }

  /** https://developers.facebook.com/docs/messenger-platform/overview#rate-limits */
  private checkRate(page: Page): void {
    const now = this.settings.now();
    const recent = (this.calls.get(page.id) ?? []).filter((at) => now - at < SECOND_MS);
    if (recent.length >= CALLS_PER_SECOND) throw refusal('rate_exceeded');
    this.calls.set(page.id, [...recent, now]);
  }
}

function checkScopes(page: Page): void {
  const missing = SCOPES.find((scope) => !page.scopes.includes(scope));
  if (missing !== undefined)
    throw refusal('permission_missing', { message: `To read conversations, ${missing} is needed` });
}

function conversationNode(page: Page, customer: Customer, parameters: JsonObject): JsonObject {
  const fields = requestedFields(parameters) ?? ['updated_time'];
  const messages = newestFirst(customer).map((message) => messageNode(page, customer, message));
  const asked = subFields(parameters, 'messages') ?? ['created_time'];
  const node = {
    id: `t_${page.id}${customer.psid}`,
    updated_time: messages[0]?.['created_time'],
    participants: { data: [personNode(customer), pageNode(page)] },
    messages: {
      data: messages.map((message) => pickFields(message, 'Message', asked)),
      ...olderThan(messages, customer),
    },
  };
  return pickFields(node, 'UnifiedThread', fields);
}

/** The details of what is older Facebook does not show. */
function olderThan(messages: readonly JsonObject[], customer: Customer): JsonObject {
  const after = Buffer.from(String(messages.at(-1)?.['id'])).toString('base64url');
  const next = customer.hasOlder ? { next: `https://graph.simulator.example/messages?after=${after}` } : {};
  return { paging: { cursors: { after }, ...next } };
}

function messageNode(page: Page, customer: Customer, { mid, isFromPage, at, message }: ThreadMessage): JsonObject {
  const [from, to] = isFromPage ? [pageNode(page), personNode(customer)] : [personNode(customer), pageNode(page)];
  const attachments =
    message['attachments'] ?? (message['attachment'] === undefined ? undefined : [message['attachment']]);
  return {
    id: mid,
    // whole seconds, and no colon in the offset
    created_time: new Date(at).toISOString().replace(/\.\d{3}Z$/, '+0000'),
    from,
    to: { data: [to] },
    message: asText(message['text']) ?? '',
    attachments: attachments === undefined ? undefined : { data: attachments },
  };
}

function personNode({ psid, firstName, lastName }: Customer): JsonObject {
  return { name: `${firstName} ${lastName}`, email: `${psid}@facebook.com`, id: psid };
}

function pageNode({ id, name }: Page): JsonObject {
  return { name, email: `${id}@facebook.com`, id };
}
