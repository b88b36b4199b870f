/** What was asked of Kafka and is not answered yet, each since when. A refusal is an answer. */
export class Unanswered<Name> {
  readonly #since = new Map<Name, number>();

  /** Again: it stays as old as it is. */
  ask(name: Name): void {
    if (!this.#since.has(name)) this.#since.set(name, performance.now());
  }

  answer(name: Name): void {
    this.#since.delete(name);
  }

  clear(): void {
    this.#since.clear();
  }

  get names(): readonly Name[] {
    return [...this.#since.keys()];
  }

  /** Since the oldest of them was asked. */
  get forMs(): number {
    return this.#since.size === 0 ? 0 : performance.now() - Math.min(...this.#since.values());
  }

  get oldest(): Name | undefined {
    return [...this.#since].sort(([, a], [, b]) => a - b)[0]?.[0];
  }
}
