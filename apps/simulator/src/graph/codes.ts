import { Injectable } from '@nestjs/common';
import { Dice } from '../world/dice.js';
import { refusal } from './graph-error.js';

interface Grant {
  readonly userId: string;
  readonly redirectUri: string;
}

const CODE_BYTES = 24;

/** Authorization codes: good for one exchange, with the redirect_uri they were given for. */
@Injectable()
export class Codes {
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly dice: Dice) {}

  issue(grant: Grant): string {
    const code = `AQ${this.dice.bytes('code', CODE_BYTES).toString('base64url')}`;
    this.grants.set(code, grant);
    return code;
  }

  /** The user who logged in. */
  redeem(code: string, redirectUri: string | undefined): string {
    const grant = this.grants.get(code);
    if (grant === undefined) throw refusal('code_used');
    if (grant.redirectUri !== redirectUri) throw refusal('redirect_uri_wrong');
    this.grants.delete(code);
    return grant.userId;
  }
}
