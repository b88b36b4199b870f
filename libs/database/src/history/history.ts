import type { ClientBase } from 'pg';
import type { DatabaseHistory } from '../database.js';
import { askInstallation, askServer, noteStart } from './note-start.js';

/**
 * What remembers, outside of the database, which start of its server was seen last, of each installation that it met.
 * `installation` undefined: the database does not say yet which it is.
 */
export interface Witness {
  /** Undefined: none yet. */
  last(installation: string | undefined): string | undefined;
  /** It came here by a copy: its original may have gone on. */
  isCopy(installation: string | undefined): boolean;
  remember(token: string, installation: string | undefined): void;
}

/**
 * Tells the data that this process works on from a backup of them that was put in their place. Each start of PostgreSQL gets
 * a token in the database; data that do not know the token which was seen last are older than that. No connection is
 * used before it has been looked at, so nothing reads or sends by data that went back.
 */
export interface History extends DatabaseHistory {
  readonly onConnect: (client: ClientBase) => Promise<void>;
}

export function openHistory(witness: Witness = inMemory()): History {
  const listeners: (() => void)[] = [];
  let known: { readonly server: string; readonly token: string } | undefined;
  return {
    onConnect: async (client) => {
      const server = await askServer(client);
      if (server === null || server === known?.server) return;
      const installation = await askInstallation(client);
      const seen = { server, last: witness.last(installation), isCopy: witness.isCopy(installation) };
      const { token, isRestored } = await noteStart(client, seen);
      witness.remember(token, installation);
      const isNews = isRestored && known !== undefined && known.token !== token;
      known = { server, token };
      if (isNews) for (const told of listeners) told();
    },
    token: () => {
      if (known === undefined) throw new Error('No connection to a migrated database was made yet.');
      return known.token;
    },
    onRestored: (told) => {
      listeners.push(told);
    },
  };
}

/** Of a process that outlives its server. */
function inMemory(): Witness {
  let last: string | undefined;
  return {
    last: () => last,
    isCopy: () => false,
    remember: (token) => {
      last = token;
    },
  };
}
