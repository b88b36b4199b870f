import type { Logger } from '#libs/observability';

export interface RunningProcess {
  readonly url: string;
  close(): Promise<void>;
  /** Settles when a part that the process cannot do without has ended. */
  readonly failed?: Promise<Error>;
}

/**
 * One start and one end for every process: told ready over IPC when there is one, closed by SIGTERM or SIGINT. A start that
 * waits may look whether it was asked to stop, and answers null then.
 */
export async function runProcess(
  logger: Logger,
  start: (stopAsked: Promise<string>) => Promise<RunningProcess | null>,
): Promise<void> {
  const stopAsked = new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  try {
    const running = await start(stopAsked);
    if (running === null) process.exit(0);
    process.send?.({ type: 'ready', url: running.url });
    const ending = await Promise.race([stopAsked, ...(running.failed === undefined ? [] : [running.failed])]);
    if (ending instanceof Error) throw await closeAfter(running, ending);
    logger.info({ signal: ending }, 'closing');
    await running.close();
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'ended by an error');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

async function closeAfter(running: RunningProcess, error: Error): Promise<Error> {
  await running.close().catch(() => undefined);
  return error;
}
