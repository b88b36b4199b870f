import { Injectable } from '@nestjs/common';

export interface Readiness {
  readonly ok: boolean;
  /** For the operator: what is away, and since when; no secret. */
  readonly reason?: string;
}

export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<Readiness>;
}

/** What this process needs to do its work; every module adds its own part. */
@Injectable()
export class ReadinessRegistry {
  private readonly checks: ReadinessCheck[] = [];

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  all(): readonly ReadinessCheck[] {
    return this.checks;
  }
}
