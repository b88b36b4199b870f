import { Controller, Get, Inject, Req, UseInterceptors } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { PageStore } from '../world/page.store.js';
import { Callers } from './callers.js';
import { invalidParameter, refusal, type GraphError } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { TokenStore, type Token } from './token.store.js';

const DATA_ACCESS_LIFE_S = 90 * 86_400;

/** https://developers.facebook.com/docs/graph-api/reference/debug_token */
@Controller('debug_token')
@UseInterceptors(GraphInterceptor)
export class DebugTokenController {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly callers: Callers,
    private readonly tokens: TokenStore,
    private readonly pages: PageStore,
  ) {}

  @Get()
  debugToken(@Req() request: GraphRequest): JsonObject {
    if (!this.callers.isAppToken(request)) this.callers.token(request);
    const input = asText(parametersOf(request)['input_token']);
    if (input === undefined) throw invalidParameter('The parameter input_token is required');
    const token = this.tokens.find(input);
    if (token === undefined) {
      return { data: { ...describeError(refusal('token_unknown')), is_valid: false, scopes: [] } };
    }
    return { data: { app_id: this.app.appId, application: 'Simulated app', ...this.describe(token) } };
  }

  private describe(token: Token): JsonObject {
    const invalid = this.callers.whyInvalid(token);
    return {
      type: token.kind,
      is_valid: invalid === null,
      ...(invalid === null ? {} : describeError(invalid)),
      issued_at: token.issuedAt,
      expires_at: token.expiresAt,
      data_access_expires_at: token.issuedAt + DATA_ACCESS_LIFE_S,
      ...this.describeOwner(token),
    };
  }

  private describeOwner(token: Token): JsonObject {
    if (token.kind === 'PAGE') {
      const page = this.pages.find(token.ownerId);
      return { profile_id: token.ownerId, user_id: page?.userId, scopes: page?.scopes ?? [] };
    }
    const owned = this.pages.all().filter((page) => page.userId === token.ownerId);
    return { user_id: token.ownerId, scopes: [...new Set(owned.flatMap((page) => page.scopes))] };
  }
}

function describeError(error: GraphError): JsonObject {
  const { code, subcode, message } = error.refusal;
  return { error: { code, message, ...(subcode === undefined ? {} : { subcode }) } };
}
