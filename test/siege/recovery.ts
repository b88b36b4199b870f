import { waitFor } from '../harness/wait-for.js';
import type { Field } from './form.js';

const limitMs = 60_000;

/** Waits until everything flows again, and remembers how long that took. */
export class Recovery {
  longestMs = 0;
  readonly complaints: string[] = [];
  private readonly created = new Set<string>();
  /** Names of what was told again: of a send, that it left. */
  private readonly advanced = new Set<string>();
  private looked = 0;

  constructor(private readonly field: Field) {}

  /** From `since`: until a webhook is answered, all that was answered before is told, and a send that was called later has left. */
  async wait(what: string, since: number): Promise<void> {
    const { poster, customers, agents, say } = this.field;
    const from = performance.now();
    const posted = customers.posted.map(({ name }) => name);
    const sent = agents.sent.length;
    let told = 0;
    const isOver = (): boolean => {
      this.look();
      while (told < posted.length && this.created.has(posted[told] ?? '')) told += 1;
      const hasLeft = agents.sent.slice(sent).some(({ name }) => this.advanced.has(name));
      return poster.answeredAt > from && told === posted.length && hasLeft;
    };
    await waitFor('everything to flow again', isOver, limitMs).catch(() => {
      this.complaints.push(
        `${what}: not all flowed again within ${limitMs / 1000} s (first of what was not told: ${posted[told] ?? 'none'})`,
      );
    });
    const ms = performance.now() - since;
    this.longestMs = Math.max(this.longestMs, ms);
    say(`  ${what}; all flowed again after ${(ms / 1000).toFixed(1)} s (${poster.answered} bodies so far)`);
  }

  private look(): void {
    const [follower] = this.field.followers;
    for (const { type, name, version = 0 } of follower?.told.slice(this.looked) ?? []) {
      this.looked += 1;
      if (name === undefined) continue;
      if (type === 'message.created') this.created.add(name);
      if (version > 1) this.advanced.add(name);
    }
  }
}
