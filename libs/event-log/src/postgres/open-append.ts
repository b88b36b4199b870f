import { Deadlines, type Place } from '#libs/pending';

/** One call of `append`, whose records may go out in several flushes. */
export class OpenAppend {
  readonly result: Promise<void>;
  private resolve = ignore;
  private reject: (error: unknown) => void = ignore;
  private readonly place: Place<OpenAppend>;

  constructor(
    /** Of its records, not safe yet. */
    private left: number,
    private readonly open: Deadlines<OpenAppend>,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.place = open.add(this);
  }

  get isSettled(): boolean {
    return !this.open.has(this.place);
  }

  /** One more of its records is safe. */
  stored(): void {
    this.left -= 1;
    if (this.left === 0 && this.open.end(this.place)) this.resolve();
  }

  fail(error: unknown): void {
    if (this.open.end(this.place)) this.reject(error);
  }
}

/** The appends of a flush that is under way. */
interface Flush {
  readonly items: readonly { readonly append: OpenAppend }[];
  readonly giveUp: () => void;
}

/** The appends that somebody waits for; within the deadline each of them settles. */
export class OpenAppends {
  private readonly open: Deadlines<OpenAppend>;
  private flush: Flush | undefined;

  constructor(deadlineMs: number) {
    this.open = new Deadlines({
      ms: deadlineMs,
      late: ({ one }) => {
        one.fail(new Error(`The log did not answer within ${deadlineMs} ms.`));
        if (this.flush?.items.every(({ append }) => append.isSettled) === true) this.flush.giveUp();
      },
    });
  }

  add(records: number): OpenAppend {
    return new OpenAppend(records, this.open);
  }

  /** Resolves with the work, or when all of these appends were late: an answer that does not come must not hold up the others. */
  whileAwaited(items: Flush['items'], work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.flush = { items, giveUp: resolve };
      work.then(resolve, reject);
    });
  }
}

function ignore(): void {
  // nobody waits
}
