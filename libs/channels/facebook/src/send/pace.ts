/** Spaces the calls about one thing; for who would have to wait too long there is no turn. */
export class Pace {
  private readonly nextMs = new Map<string, number>();

  constructor(
    private readonly everyMs: number,
    private readonly waitMaxMs: number,
  ) {}

  /** How long to wait for the turn that is now taken; null: none is. */
  reserve(key: string, nowMs: number): number | null {
    for (const [other, at] of this.nextMs) if (at <= nowMs) this.nextMs.delete(other);
    const turnMs = this.nextMs.get(key) ?? nowMs;
    if (turnMs - nowMs > this.waitMaxMs) return null;
    this.nextMs.set(key, turnMs + this.everyMs);
    return turnMs - nowMs;
  }
}
