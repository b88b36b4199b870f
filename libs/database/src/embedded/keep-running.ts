import { setTimeout as sleep } from 'node:timers/promises';
import type { Postmaster } from './postmaster.js';

export interface KeptServer {
  stop(): Promise<void>;
  /** Resolves after `stop`. */
  readonly exited: Promise<void>;
}

export interface KeepOptions {
  readonly launch: () => Promise<Postmaster>;
  /** Told of each end that nobody asked for. */
  readonly ended: (postmaster: Postmaster, reason: string) => Promise<void>;
  readonly say: (line: string) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** Starts the server again, on its port, whenever it ends by itself: the process goes on meanwhile, and its webhooks are kept. */
export function keepRunning(first: Postmaster, { launch, ended, say }: KeepOptions): KeptServer {
  const stopping = new AbortController();
  let current: Postmaster | undefined = first;
  const isStopping = (): boolean => stopping.signal.aborted;

  const launchAgain = async (): Promise<Postmaster | undefined> => {
    for (let pauseMs = firstPauseMs; !isStopping(); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return await launch();
      } catch (error) {
        say(`PostgreSQL could not be started again; it is tried until it can. ${String(error)}`);
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return undefined;
  };
  const watch = async (): Promise<void> => {
    while (current !== undefined) {
      const reason = await current.exited;
      if (isStopping()) return;
      await ended(current, reason);
      current = await launchAgain();
      if (current === undefined) return;
      if (isStopping()) return current.stop();
      say('PostgreSQL runs again.');
    }
  };
  const exited = watch();
  return {
    exited,
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await exited;
    },
  };
}
