import { inTime } from './in-time.js';

interface Entry<Value> {
  readonly value: Value;
  readonly freshUntilMs: number;
}

export interface CachedOptions<Value> {
  isKept(value: Value): boolean;
  /** How long a value is taken without asking. Default 5,000. */
  readonly freshMs?: number;
}

const maxEntries = 100_000;
/** Of the 5 s that Facebook waits; a database that is frozen would take all of them. */
const answerMs = 1_000;
/** How long an old answer is taken without asking, after a question that failed. */
const staleMs = 1_000;

/** Remembers answers of the database. While it is away an old answer is served; callers of one key ask once together. */
export class Cached<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly asking = new Map<string, Promise<Value>>();
  /** What was asked before the last `expire` is not remembered as new. */
  private generation = 0;

  constructor(private readonly options: CachedOptions<Value>) {}

  /** Undefined: it has to be asked for. */
  fresh(key: string): Value | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && performance.now() < entry.freshUntilMs ? entry.value : undefined;
  }

  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const fresh = this.fresh(key);
    if (fresh !== undefined) return fresh;
    const entry = this.entries.get(key);
    try {
      return await inTime(this.askOnce(key, ask), answerMs, isLate);
    } catch (error) {
      if (entry === undefined) throw error;
      if (this.entries.get(key) === entry)
        this.entries.set(key, { value: entry.value, freshUntilMs: performance.now() + staleMs });
      return entry.value;
    }
  }

  /** Answered before, however long ago. */
  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** What is remembered is asked again, and served only if that fails. */
  expire(): void {
    this.generation += 1;
    this.asking.clear();
    for (const [key, { value }] of this.entries) this.entries.set(key, { value, freshUntilMs: 0 });
  }

  private askOnce(key: string, ask: () => Promise<Value>): Promise<Value> {
    const running = this.asking.get(key);
    if (running !== undefined) return running;
    const { generation } = this;
    const question = ask()
      .then((value) => (generation === this.generation ? this.keep(key, value) : value))
      .finally(() => {
        if (this.asking.get(key) === question) this.asking.delete(key);
      });
    this.asking.set(key, question);
    return question;
  }

  private keep(key: string, value: Value): Value {
    this.entries.delete(key);
    if (!this.options.isKept(value)) return value;
    this.entries.set(key, { value, freshUntilMs: performance.now() + (this.options.freshMs ?? 5_000) });
    if (this.entries.size > maxEntries) this.entries.delete(this.entries.keys().next().value ?? '');
    return value;
  }
}

function isLate(): never {
  const error = new Error(`The database did not answer within ${answerMs} ms.`);
  throw Object.assign(error, { code: 'ETIMEDOUT' });
}
