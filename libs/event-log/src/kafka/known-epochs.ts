import { historyStore, type Database } from '#libs/database';
import type { LogRecord } from '../event-log.js';
import { relayedFrom } from './record-message.js';

/** The starts of PostgreSQL that its data know of, as far as somebody has asked. */
export class KnownEpochs {
  readonly #database: Database;
  readonly #isKnown = new Map<string, boolean>();

  constructor(database: Database) {
    this.#database = database;
    database.history.onRestored(() => {
      this.#isKnown.clear();
    });
  }

  /** Of those that were learnt. A backup that was put back since has to be asked again. */
  readonly known = (epoch: string): boolean => {
    const isKnown = this.#isKnown.get(epoch);
    if (isKnown === undefined) throw new Error('Another start of PostgreSQL has begun meanwhile.');
    return isKnown;
  };

  async learn(records: readonly LogRecord[]): Promise<void> {
    const epochs = new Set(records.flatMap((record) => relayedFrom(record)?.epoch ?? []));
    for (const epoch of epochs) {
      if (this.#isKnown.has(epoch)) continue;
      this.#isKnown.set(epoch, await historyStore.knows(this.#database, epoch));
    }
  }
}
