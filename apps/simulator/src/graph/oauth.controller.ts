import { All, Controller, HttpCode, Inject, Req, UseInterceptors } from '@nestjs/common';
import { asText, type JsonObject } from '../json.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { Callers } from './callers.js';
import { Codes } from './codes.js';
import { invalidParameter, refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { LONG_USER_LIFE_S, TokenStore } from './token.store.js';

@Controller('oauth')
@UseInterceptors(GraphInterceptor)
export class OauthController {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly tokens: TokenStore,
    private readonly callers: Callers,
    private readonly codes: Codes,
  ) {}

  /** https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived */
  @All('access_token')
  @HttpCode(200)
  accessToken(@Req() request: GraphRequest): JsonObject {
    const parameters = parametersOf(request);
    this.checkApp(parameters);
    const grant = asText(parameters['grant_type']);
    if (grant === 'client_credentials') {
      return { access_token: `${this.app.appId}|${this.app.appSecret}`, token_type: 'bearer' };
    }
    if (grant === undefined) return this.redeem(parameters);
    if (grant !== 'fb_exchange_token') throw invalidParameter('grant_type is missing or not simulated');
    return this.exchange(asText(parameters['fb_exchange_token']) ?? '');
  }

  private checkApp(parameters: JsonObject): void {
    const clientId = parameters['client_id'];
    const id = typeof clientId === 'number' ? String(clientId) : asText(clientId);
    if (id === undefined || id === '') throw refusal('client_unknown', { message: 'Missing client_id parameter.' });
    if (id !== this.app.appId) throw refusal('client_unknown');
    if (asText(parameters['client_secret']) !== this.app.appSecret) throw refusal('client_secret_wrong');
  }

  /** https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow */
  private redeem(parameters: JsonObject): JsonObject {
    const code = asText(parameters['code']);
    if (code === undefined) throw invalidParameter('grant_type or code is required');
    const userId = this.codes.redeem(code, asText(parameters['redirect_uri']));
    const token = this.tokens.issue('USER', userId, false);
    return { access_token: token.value, token_type: 'bearer', expires_in: token.expiresAt - token.issuedAt };
  }

  private exchange(value: string): JsonObject {
    const token = this.tokens.find(value);
    if (token === undefined) throw refusal('token_unknown');
    const invalid = this.callers.whyInvalid(token);
    if (invalid !== null) throw invalid;
    const long = this.tokens.issue(token.kind, token.ownerId, true);
    const answer = { access_token: long.value, token_type: 'bearer' };
    return long.kind === 'USER' ? { ...answer, expires_in: LONG_USER_LIFE_S } : answer;
  }
}
