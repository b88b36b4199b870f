import { Injectable } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { RecordStore, type SendCall } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { tokenOf } from './callers.js';
import type { Fault, FaultedCall } from './fault.store.js';
import type { GraphError } from './graph-error.js';
import { objectParameter, parametersOf, versionOf, type GraphRequest } from './graph-request.js';
import { TokenStore } from './token.store.js';

/** Writes down every call of the Send API, whatever becomes of it. */
@Injectable()
export class SendRecorder {
  constructor(
    private readonly records: RecordStore,
    private readonly tokens: TokenStore,
    private readonly settings: SettingsStore,
  ) {}

  open(request: GraphRequest): FaultedCall {
    const token = this.tokens.find(tokenOf(request).value ?? '');
    const pageId = token?.kind === 'PAGE' ? token.ownerId : null;
    const path = request.url.split('?')[0] ?? '';
    const { method } = request;
    if (method !== 'POST' || !path.endsWith('/messages')) {
      return { method, path, pageId, recipientId: recipientOf(parametersOf(request)) };
    }
    const call = this.records.addSend(this.describe(request, pageId));
    request.sendCall = call;
    return { method, path, pageId, recipientId: call.recipient_id };
  }

  noteFault(request: GraphRequest, fault: Fault | null): void {
    if (request.sendCall !== undefined) request.sendCall.fault = fault?.mode ?? null;
  }

  /** A call that was accepted stays so, even if its answer says otherwise. */
  noteRefusal(request: GraphRequest, error: GraphError): void {
    const call = request.sendCall;
    if (call?.outcome !== 'open') return;
    call.outcome = 'refused';
    call.error = { code: error.refusal.code, subcode: error.refusal.subcode ?? null };
  }

  private describe(request: GraphRequest, pageId: string | null): SendCall {
    const parameters = parametersOf(request);
    const message = objectIn(parameters, 'message');
    return {
      at: new Date(this.settings.now()).toISOString(),
      version: versionOf(request.originalUrl),
      token_in: tokenOf(request).from,
      page_id: pageId,
      recipient_id: recipientOf(parameters),
      text: asText(message['text']) ?? null,
      metadata: asText(message['metadata']) ?? null,
      sender_action: asText(parameters['sender_action']) ?? null,
      payload: parameters['payload'] ?? null,
      message: parameters['message'] === undefined ? null : message,
      outcome: 'open',
      fault: null,
      error: null,
      mid: null,
      count: 0,
    };
  }
}

function recipientOf(parameters: JsonObject): string | null {
  const { id } = objectIn(parameters, 'recipient');
  return asText(id) ?? asNumberText(id);
}

/** Empty for what is no object: the refusal of that comes later. */
function objectIn(parameters: JsonObject, name: string): JsonObject {
  try {
    return objectParameter(parameters, name) ?? {};
  } catch {
    return {};
  }
}

function asNumberText(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : null;
}
