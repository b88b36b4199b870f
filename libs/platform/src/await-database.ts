import { untilDatabaseAnswers } from '#libs/database';
import { openWaitingDoor, type EarlyWork, type WaitingDoor } from '#libs/http';
import type { Logger } from '#libs/observability';

const reason = 'PostgreSQL does not answer yet. This process begins its work as soon as it does.';
/** Tries between two lines of the log: about ten seconds. */
const triesPerLine = 20;

interface Awaited {
  readonly databaseUrl: string;
  readonly http: { readonly host: string; readonly port: number };
  readonly logger: Logger;
  readonly stopAsked: Promise<unknown>;
  /** Begun when there is something to wait for. */
  readonly beginEarly?: () => Promise<EarlyWork | null>;
}

/** A process that is started before its database waits for it, alive and not ready. False: it was stopped meanwhile. */
export async function awaitDatabase({ databaseUrl, http, logger, stopAsked, beginEarly }: Awaited): Promise<boolean> {
  let isStopped = false;
  void stopAsked.then(() => {
    isStopped = true;
  });
  let door: WaitingDoor | undefined;
  let tries = 0;
  try {
    return await untilDatabaseAnswers(databaseUrl, {
      onAway: async (error) => {
        door ??= await openWaitingDoor(http.host, http.port, reason, await beginEarly?.());
        if (tries % triesPerLine === 0) logger.warn({ err: error }, 'PostgreSQL does not answer: waiting for it');
        tries += 1;
      },
      isStopped: () => isStopped,
    });
  } finally {
    await door?.close();
  }
}
