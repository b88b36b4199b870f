import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { PageStore } from '../world/page.store.js';
import { SettingsStore } from '../world/settings.store.js';

export type TokenKind = 'USER' | 'PAGE';

export interface Token {
  readonly value: string;
  readonly kind: TokenKind;
  /** The page's id, or the user's. */
  readonly ownerId: string;
  readonly isLong: boolean;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Epoch seconds; 0 = never. */
  readonly expiresAt: number;
  invalidSubcode: number | null;
}

const DAY_S = 86_400;
/** Facebook gives an hour or two. A demo that is left open over night, or a clock set 25 h ahead, should not lose its token. */
const SHORT_LIFE_S = 30 * DAY_S;
/** https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived */
export const LONG_USER_LIFE_S = 60 * DAY_S;

/** Tokens are a function of app secret and owner, so one that was stored before a restart of the simulator stays valid. */
@Injectable()
export class TokenStore {
  private readonly tokens = new Map<string, Token>();
  private readonly generations = new Map<string, number>();

  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions,
    private readonly settings: SettingsStore,
    private readonly pages: PageStore,
  ) {}

  issue(kind: TokenKind, ownerId: string, isLong: boolean): Token {
    const generation = this.generations.get(`${kind}:${ownerId}`) ?? 0;
    const value = this.derive([kind, ownerId, isLong ? 'long' : 'short', String(generation)].join(':'));
    const known = this.tokens.get(value);
    if (known !== undefined) return known;
    const issuedAt = Math.floor(this.settings.now() / 1000);
    const expiresAt = expiryOf(kind, isLong, issuedAt);
    const token: Token = { value, kind, ownerId, isLong, issuedAt, expiresAt, invalidSubcode: null };
    this.tokens.set(value, token);
    return token;
  }

  find(value: string): Token | undefined {
    if (!this.tokens.has(value)) this.issueAll();
    return this.tokens.get(value);
  }

  /** Ends every token of the owner, as a changed password (460) or a removed app (458) does. */
  invalidate(kind: TokenKind, ownerId: string, subcode: number): void {
    for (const token of this.tokens.values()) {
      if (token.kind === kind && token.ownerId === ownerId) token.invalidSubcode ??= subcode;
    }
    const key = `${kind}:${ownerId}`;
    this.generations.set(key, (this.generations.get(key) ?? 0) + 1);
  }

  /** Those of the pages that are there; a token may have been handed out by an earlier run. */
  private issueAll(): void {
    for (const page of this.pages.all()) {
      for (const isLong of [false, true]) {
        this.issue('PAGE', page.id, isLong);
        this.issue('USER', page.userId, isLong);
      }
    }
  }

  private derive(name: string): string {
    return `EAASIM${createHmac('sha512', this.options.appSecret).update(name).digest('base64url')}`;
  }
}

function expiryOf(kind: TokenKind, isLong: boolean, issuedAt: number): number {
  if (!isLong) return issuedAt + SHORT_LIFE_S;
  return kind === 'PAGE' ? 0 : issuedAt + LONG_USER_LIFE_S;
}
