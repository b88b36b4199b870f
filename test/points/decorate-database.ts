import type { Database, LastStatement, Transaction } from '#libs/database';
import type { Points } from './points.js';

/** What a transaction is about: all that it says, and what others say of it. */
const sayings = new WeakMap<Transaction, string[]>();

export function saidOf(transaction: Transaction, words: string): void {
  sayings.get(transaction)?.push(words);
}

export function decorateDatabase(points: Points, database: Database): Database {
  const dressed = points.aroundAll('database', database, aboutSql);
  return {
    ...dressed,
    transaction: (work) => runTransaction(points, database, work),
    listen: (channel, heard) =>
      dressed.listen(
        channel,
        points.around('database.listen.heard', heard, () => channel),
      ),
  };
}

async function runTransaction<Result>(
  points: Points,
  database: Database,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  await points.pass('database.begin.before', '');
  let commit = new Commit(points, []);
  const result = await database.transaction(async (transaction) => {
    const said: string[] = [];
    commit = new Commit(points, said);
    const dressed = dressTransaction(points, transaction, commit);
    sayings.set(dressed, said);
    await points.pass('database.begin.after', '');
    const worked = await work(dressed);
    await points.pass('database.commit.before', commit.about);
    return worked;
  });
  await commit.heard();
  return result;
}

/** The commit stands; whether anybody hears of it is another matter. */
class Commit {
  private outcome: Promise<void> | undefined;
  private error: Error | undefined;
  private isPassed = false;

  constructor(
    private readonly points: Points,
    readonly said: string[],
  ) {}

  get about(): string {
    return this.said.join('\n');
  }

  /** False: the answer is lost, and so is all that would follow from it. */
  isHeard(): boolean {
    if (!this.isPassed) this.pass();
    return this.error === undefined;
  }

  async heard(): Promise<void> {
    if (!this.isHeard()) throw this.error ?? new Error('lost');
    await this.outcome;
  }

  private pass(): void {
    this.isPassed = true;
    try {
      this.outcome = this.points.pass('database.commit.after', this.about);
    } catch (error) {
      this.error = error as Error;
    }
  }
}

function dressTransaction(points: Points, transaction: Transaction, commit: Commit): Transaction {
  const remember = (...[sql, parameters]: unknown[]): string => {
    const text = `${aboutSql(sql)} ${String(parameters)}`;
    commit.said.push(text);
    return text;
  };
  const dressed = points.aroundAll('transaction', transaction, remember);
  return {
    ...dressed,
    last: (statement) => {
      dressed.last(
        points.around(
          'transaction.last.statement',
          () => dressLast(points, statement(), commit),
          () => commit.about,
        ),
      );
    },
    afterCommit: (told) => {
      dressed.afterCommit(
        points.around('transaction.afterCommit.told', onlyWhenHeard(commit, told), () => commit.about),
      );
    },
  };
}

function dressLast(points: Points, last: LastStatement | null, commit: Commit): LastStatement | null {
  if (last?.committed === undefined) return last;
  const { sql, parameters } = last;
  const committed = onlyWhenHeard(commit, last.committed.bind(last));
  return {
    sql,
    parameters,
    committed: points.around('transaction.last.committed', committed, () => commit.about),
  };
}

function onlyWhenHeard<Given extends unknown[]>(commit: Commit, tell: (...given: Given) => void) {
  return (...given: Given): void => {
    if (commit.isHeard()) tell(...given);
  };
}

function aboutSql(sql: unknown): string {
  if (typeof sql === 'string') return sql;
  if (typeof sql !== 'object' || sql === null) return '';
  const { name = '', text = '' } = sql as { name?: string; text?: string };
  return `${name} ${text}`;
}
