import { Inject, Injectable } from '@nestjs/common';
import { apiKeyStore } from '#libs/database';
import { Platform } from '#libs/platform';
import { hashApiKey } from '#libs/security';
import type { ApiCaller } from './caller.js';
import { rateLimitOf } from './rate-limit-of.js';

/** For so long a key that was revoked may still be taken. */
const freshMs = 1_000;
const maxKnown = 10_000;

interface Known {
  readonly caller: Promise<ApiCaller | null>;
  /** By the monotonic clock. */
  readonly freshUntilMs: number;
}

/** Who shows a key: asked of the database once a second at most, also by many calls at once. */
@Injectable()
export class ApiKeys {
  /** By hash: the keys themselves are kept nowhere. */
  private readonly known = new Map<string, Known>();

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  find(key: string): Promise<ApiCaller | null> {
    return this.findByHash(hashApiKey(key));
  }

  /** Null: there is no such key, it was revoked, or its time is over. */
  async findByHash(sha256: Buffer): Promise<ApiCaller | null> {
    const caller = await this.recall(sha256);
    const endsAt = caller?.keyExpiresAt ?? null;
    return endsAt !== null && endsAt <= this.platform.now() ? null : caller;
  }

  /** Was revoked here: in this process it counts no more at once, in others when their second is over. */
  forget(sha256: Buffer): void {
    this.known.delete(sha256.toString('base64'));
  }

  private recall(sha256: Buffer): Promise<ApiCaller | null> {
    const id = sha256.toString('base64');
    const known = this.known.get(id);
    const nowMs = performance.now();
    if (known !== undefined && known.freshUntilMs > nowMs) return known.caller;
    return this.remember(id, { caller: this.ask(sha256), freshUntilMs: nowMs + freshMs });
  }

  private remember(id: string, known: Known): Promise<ApiCaller | null> {
    if (this.known.size >= maxKnown) this.known.clear();
    this.known.set(id, known);
    // only a good key is remembered: one that was made a moment ago counts at once
    const forget = (): void => {
      if (this.known.get(id) === known) this.known.delete(id);
    };
    known.caller.then((caller) => {
      if (caller === null) forget();
    }, forget);
    return known.caller;
  }

  private async ask(sha256: Buffer): Promise<ApiCaller | null> {
    const row = await apiKeyStore.findByHashInAnyWorkspace(this.platform.database, sha256);
    return (
      row && {
        workspaceId: row.workspace_id,
        keyId: row.id,
        keyName: row.name,
        scopes: row.scopes,
        keySha256: row.key_sha256,
        keyExpiresAt: row.expires_at,
        rateLimit: rateLimitOf(row, this.platform),
      }
    );
  }
}
