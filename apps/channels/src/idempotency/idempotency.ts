import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  idempotencyStore,
  type ClaimOutcome,
  type IdempotencyClaim,
  type IdempotencyRequest,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { Platform } from '#libs/platform';
import { newAnswer, type CallAnswer } from './call-answer.js';
import { canonicalJson } from './canonical-json.js';
import type { IdempotentCall } from './idempotent-call.js';

/** Longer than any call to the source may take; after it the next caller takes over. */
const leaseSeconds = 60;

/** A key's first answer is its only one. Errors are not kept: they leave the key free. */
@Injectable()
export class Idempotency {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  /** Key, effect and answer are one transaction; the key is its first lock. */
  inTransaction(call: IdempotentCall, work: (sql: Transaction) => Promise<unknown>): Promise<CallAnswer> {
    const { workspaceId } = call;
    const request = requestOf(call, null);
    return this.platform.database.transaction(async (sql) => {
      if (request === undefined) return newAnswer(await work(sql));
      const outcome = await idempotencyStore.claim(workspaceId, sql, request);
      if (outcome.kind !== 'claimed') return formerAnswer(outcome);
      const answer = newAnswer(await work(sql));
      await this.complete(workspaceId, sql, outcome.claim, answer);
      return answer;
    });
  }

  /** For work with a call to the source in its middle: no transaction may be open over that. */
  async leased(call: IdempotentCall, work: () => Promise<unknown>): Promise<CallAnswer> {
    const { database } = this.platform;
    const request = requestOf(call, leaseSeconds);
    if (request === undefined) return newAnswer(await work());
    const outcome = await idempotencyStore.claim(call.workspaceId, database, request);
    if (outcome.kind !== 'claimed') return formerAnswer(outcome);
    const answer = newAnswer(await this.orRelease(call.workspaceId, outcome.claim, work));
    await this.complete(call.workspaceId, database, outcome.claim, answer);
    return answer;
  }

  private async orRelease(
    workspaceId: string,
    claim: IdempotencyClaim,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    try {
      return await work();
    } catch (error) {
      await idempotencyStore.release(workspaceId, this.platform.database, claim).catch((cause: unknown) => {
        this.platform.logger.warn({ err: cause }, 'an Idempotency-Key stays taken until its lease runs out');
      });
      throw error;
    }
  }

  private async complete(
    workspaceId: string,
    sql: Parameters<typeof idempotencyStore.complete>[1],
    claim: IdempotencyClaim,
    answer: CallAnswer,
  ): Promise<void> {
    if (await idempotencyStore.complete(workspaceId, sql, claim, answer)) return;
    throw stillRunning(1, 'This call took so long that another one with the same key took over.');
  }
}

function requestOf({ key, path, body }: IdempotentCall, lease: number | null): IdempotencyRequest | undefined {
  if (key === undefined) return undefined;
  const requestSha256 = createHash('sha256').update(canonicalJson(body), 'utf8').digest();
  return { key, path, requestSha256, leaseSeconds: lease };
}

function formerAnswer(outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>): CallAnswer {
  switch (outcome.kind) {
    case 'answered':
      return { status: outcome.status, body: outcome.body, isReplayed: true };
    case 'reused':
      throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used for another call or another body.');
    case 'running':
      throw stillRunning(outcome.retryAfterSeconds, 'The first call with this Idempotency-Key is still running.');
  }
}

function stillRunning(retryAfterSeconds: number, message: string): AppError {
  return new AppError('idempotency_in_progress', message, { retryAfterSeconds });
}
