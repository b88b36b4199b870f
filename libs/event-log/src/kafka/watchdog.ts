import { describeError } from '../consuming/describe-error.js';
import { within } from './within.js';

/** Whoever asks Kafka something, over and over. */
export interface Watched {
  readonly name: string;
  /** Since when nothing was answered. */
  readonly unansweredMs: () => number;
  /** The same question once more, by a client that is made for it. Resolves when Kafka answers. */
  readonly askAnew: () => Promise<void>;
}

interface WatchdogOptions {
  /** How long Kafka must answer others, and not us. */
  readonly stuckAfterMs: number;
  /** Told once: the process should be replaced. */
  readonly onStuck: (reason: string) => void;
}

export interface Watchdog {
  watch(watched: Watched): void;
  forget(watched: Watched): void;
  close(): void;
}

const looksPerLimit = 10;
const askWithinMs = 10_000;
/** Of this process or its machine, whatever Kafka does: out of file descriptors or memory. */
const ownFaults = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']);

/**
 * Kafka's outages are waited for, however long they take. But where a new client is answered and the one that is made again and
 * again is not, or where this process cannot make connections at all, only another process helps. Time counts only from when
 * that is known: at the end of an outage both are answered within seconds.
 */
export function createWatchdog({ stuckAfterMs, onStuck }: WatchdogOptions): Watchdog {
  const ownSince = new Map<Watched, number | undefined>();
  const pauseMs = stuckAfterMs / looksPerLimit;
  let isLooking = false;

  const look = async (watched: Watched): Promise<void> => {
    const own = watched.unansweredMs() < pauseMs ? undefined : await whyOwn(watched);
    if (!ownSince.has(watched)) return;
    if (own === undefined || watched.unansweredMs() < pauseMs) {
      ownSince.set(watched, undefined);
      return;
    }
    const since = ownSince.get(watched) ?? performance.now();
    ownSince.set(watched, since);
    if (performance.now() - since < stuckAfterMs) return;
    close();
    const seconds = Math.round(watched.unansweredMs() / 1_000);
    onStuck(`${watched.name} has had no answer of Kafka for ${seconds} s, however often it connected anew: ${own}.`);
  };
  const lookAtAll = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    for (const watched of [...ownSince.keys()]) await look(watched);
    isLooking = false;
  };
  const timer = setInterval(() => void lookAtAll(), pauseMs).unref();
  const close = (): void => {
    clearInterval(timer);
    ownSince.clear();
  };

  return {
    watch: (watched) => {
      ownSince.set(watched, undefined);
    },
    forget: (watched) => {
      ownSince.delete(watched);
    },
    close,
  };
}

/** Undefined: it is Kafka that is away. */
async function whyOwn(watched: Watched): Promise<string | undefined> {
  try {
    await within(askWithinMs, 'answer a new client', watched.askAnew());
    return 'it answers a new client';
  } catch (error) {
    return isOwnFault(error) ? `this process cannot connect (${describeError(error)})` : undefined;
  }
}

function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && ownFaults.has(String(error.code))) || isOwnFault(error.cause);
}
