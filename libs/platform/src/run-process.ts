import type { Logger } from '#libs/observability';

export interface RunningProcess {
  readonly url: string;
  close(): Promise<void>;
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
    logger.info({ signal: await stopAsked }, 'closing');
    await running.close();
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'ended by an error');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
