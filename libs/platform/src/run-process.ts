import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#libs/observability';

export interface RunningProcess {
  readonly url: string;
  close(): Promise<void>;
}

interface ProcessEnds {
  /** Resolves when the process is told to end. A start that waits may look at it, and answers null then. */
  readonly stopAsked: Promise<string>;
  /** This process cannot do its work any more, and another one could. */
  readonly giveUp: (reason: string) => void;
}

/** EX_TEMPFAIL of sysexits.h: start it again. */
const replaceMeCode = 75;
/** What cannot do its work may not end in good order either. */
const closeWithinMs = 10_000;

/** One start and one end for every process: told ready over IPC when there is one, closed by SIGTERM or SIGINT, or by itself. */
export async function runProcess(
  logger: Logger,
  start: (ends: ProcessEnds) => Promise<RunningProcess | null>,
): Promise<void> {
  const stopAsked = new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  let giveUp: ProcessEnds['giveUp'] = () => undefined;
  const gaveUp = new Promise<{ readonly reason: string }>((resolve) => {
    giveUp = (reason) => {
      resolve({ reason });
    };
  });
  try {
    const running = await start({ stopAsked, giveUp });
    if (running === null) process.exit(0);
    process.send?.({ type: 'ready', url: running.url });
    const end = await Promise.race([stopAsked, gaveUp]);
    if (typeof end !== 'string') return await endInVain(logger, running, end.reason);
    logger.info({ signal: end }, 'closing');
    await running.close();
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'ended by an error');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

async function endInVain(logger: Logger, running: RunningProcess, reason: string): Promise<never> {
  logger.error(`this process ends with code ${replaceMeCode}, to be replaced: ${reason}`);
  await Promise.race([running.close(), delay(closeWithinMs)]).catch((error: unknown) => {
    logger.warn({ err: error }, 'it did not end in good order');
  });
  process.exit(replaceMeCode);
}
