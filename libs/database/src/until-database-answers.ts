import { setTimeout as delay } from 'node:timers/promises';
import { openDataSource } from './data-source.js';
import { sqlState } from './pg-database.js';

const betweenTriesMs = 500;
/** PostgreSQL's own words for "not now": it starts or stops, or has too many connections. */
const passing = /^(?:08|53|57P)/;

export interface Waiting {
  /** Before each further try. */
  onAway(error: unknown): Promise<void>;
  /** True: nobody waits any more. */
  isStopped(): boolean;
}

/** False: it was stopped before the database answered. Throws what no waiting heals, as a wrong password. */
export async function untilDatabaseAnswers(url: string, waiting: Waiting): Promise<boolean> {
  while (!waiting.isStopped()) {
    try {
      const connection = await openDataSource({ url, poolSize: 1 });
      await connection.destroy();
      return true;
    } catch (error) {
      if (isFinal(error)) throw error;
      await waiting.onAway(error);
      await delay(betweenTriesMs);
    }
  }
  return false;
}

/** Codes of the network are names, SQL states begin with a digit. */
function isFinal(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && /^\d/.test(state) && !passing.test(state);
}
