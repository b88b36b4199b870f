export interface Taken {
  readonly isAllowed: boolean;
  /** Calls that may follow at once. */
  readonly left: number;
  /** Whole seconds until the bucket is full again. */
  readonly fullInSeconds: number;
  /** Whole seconds until there is something to take. */
  readonly retryInSeconds: number;
}

/** Holds what one second allows, and is filled at that speed. Times are monotonic milliseconds. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private filledAtMs: number,
  ) {
    this.tokens = perSecond;
  }

  take(nowMs: number): Taken {
    this.fill(nowMs);
    const isAllowed = this.tokens >= 1;
    if (isAllowed) this.tokens -= 1;
    return {
      isAllowed,
      left: Math.floor(this.tokens),
      fullInSeconds: Math.ceil((this.perSecond - this.tokens) / this.perSecond),
      retryInSeconds: Math.max(1, Math.ceil((1 - this.tokens) / this.perSecond)),
    };
  }

  /** Nothing is lost with a full bucket. */
  isFull(nowMs: number): boolean {
    this.fill(nowMs);
    return this.tokens >= this.perSecond;
  }

  private fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.filledAtMs);
    this.tokens = Math.min(this.perSecond, this.tokens + (passedMs * this.perSecond) / 1_000);
    this.filledAtMs += passedMs;
  }
}
