import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { asText } from '../json.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { PageStore, type Page } from '../world/page.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { GraphError, refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { TokenStore, type Token } from './token.store.js';

const PROOF_LIFE_S = 300;

/** Who calls: the checks of access token and appsecret_proof that every Graph call begins with. */
@Injectable()
export class Callers {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly tokens: TokenStore,
    private readonly pages: PageStore,
    private readonly settings: SettingsStore,
  ) {}

  token(request: GraphRequest): Token {
    const value = tokenOf(request).value;
    if (value === undefined) throw refusal('token_missing');
    const token = this.tokens.find(value);
    if (token === undefined) throw refusal('token_unknown');
    const invalid = this.whyInvalid(token);
    if (invalid !== null) throw invalid;
    this.checkProof(request, value);
    return token;
  }

  /** The page that `nodeId` ("me" or its id) means for a page token. */
  page(request: GraphRequest, nodeId: string): Page {
    const token = this.token(request);
    if (token.kind !== 'PAGE') throw refusal('page_token_needed');
    const page = this.pages.find(token.ownerId);
    if (page === undefined || (nodeId !== 'me' && nodeId !== page.id)) throw refusal('object_missing');
    return page;
  }

  isAppToken(request: GraphRequest): boolean {
    return tokenOf(request).value === `${this.app.appId}|${this.app.appSecret}`;
  }

  whyInvalid(token: Token): GraphError | null {
    if (token.invalidSubcode !== null) return refusal('token_invalidated', { subcode: token.invalidSubcode });
    const isExpired = token.expiresAt !== 0 && token.expiresAt * 1000 < this.settings.now();
    return isExpired ? refusal('token_expired') : null;
  }

  /** https://developers.facebook.com/docs/graph-api/guides/secure-requests */
  private checkProof(request: GraphRequest, token: string): void {
    const parameters = parametersOf(request);
    const proof = asText(parameters['appsecret_proof']);
    if (proof === undefined || proof === '') {
      if (this.settings.current.require_proof) throw refusal('proof_missing');
      return;
    }
    const time = parameters['appsecret_time'];
    const isTimed = typeof time === 'string' || typeof time === 'number';
    const signed = isTimed ? `${token}|${String(time)}` : token;
    const isFresh = !isTimed || Math.abs(this.settings.now() / 1000 - Number(time)) <= PROOF_LIFE_S;
    const expected = createHmac('sha256', this.app.appSecret).update(signed).digest('hex');
    if (proof !== expected || !isFresh) throw refusal('proof_wrong');
  }
}

export function tokenOf(request: GraphRequest): { value?: string; from: 'header' | 'body' | 'query' | 'none' } {
  const bearer = /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { value: bearer, from: 'header' };
  const value = asText(parametersOf(request)['access_token']);
  if (value === undefined || value === '') return { from: 'none' };
  return { value, from: /[?&]access_token=/.test(request.originalUrl) ? 'query' : 'body' };
}
