import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/errors';
import type { ApiCaller } from './caller.js';
import { expectScope, type ApiScope } from './scope.js';
import { TokenBucket } from './token-bucket.js';

/** Of an answer that is not written yet, whichever it will be. */
export interface AnswerHead {
  setHeader(name: string, value: string): unknown;
}

const maxBuckets = 10_000;

/** How often and to what a key comes in. Each process counts for itself: behind N of them a key has up to N times its limit. */
@Injectable()
export class Admission {
  /** By id of the key: a changed limit is a new key. */
  private readonly buckets = new Map<string, TokenBucket>();

  /** Counts this call and says on its answer what is left. Throws `rate_limited` and `scope_missing`. */
  check(caller: ApiCaller, needed: ApiScope, head: AnswerHead): void {
    this.count(caller, head);
    expectScope(caller, needed);
  }

  private count({ keyId, rateLimit }: ApiCaller, head: AnswerHead): void {
    if (rateLimit === null) return;
    const taken = this.bucketOf(keyId, rateLimit).take(performance.now());
    head.setHeader('RateLimit-Policy', `"default";q=${rateLimit};w=1`);
    head.setHeader('RateLimit', `"default";r=${taken.left};t=${taken.fullInSeconds}`);
    if (taken.isAllowed) return;
    throw new AppError('rate_limited', `This API key may make ${rateLimit} calls a second: wait, then go on.`, {
      retryAfterSeconds: taken.retryInSeconds,
    });
  }

  private bucketOf(keyId: string, perSecond: number): TokenBucket {
    const known = this.buckets.get(keyId);
    if (known !== undefined) return known;
    const nowMs = performance.now();
    if (this.buckets.size >= maxBuckets) this.dropFull(nowMs);
    const bucket = new TokenBucket(perSecond, nowMs);
    this.buckets.set(keyId, bucket);
    return bucket;
  }

  private dropFull(nowMs: number): void {
    for (const [keyId, bucket] of this.buckets) if (bucket.isFull(nowMs)) this.buckets.delete(keyId);
  }
}
