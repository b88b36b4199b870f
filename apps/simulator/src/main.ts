import { readEnvironment } from '#libs/config';
import { createLogger } from './logger.js';
import { readSimulatorConfig } from './simulator.config.js';
import { DEMO_CUSTOMER_PSID, DEMO_PAGE_ID } from './simulator.options.js';
import { startSimulator, type RunningSimulator } from './start-simulator.js';

async function main(): Promise<void> {
  const config = readSimulatorConfig(readEnvironment());
  const simulator = await startSimulator(config);
  closeOnSignals(simulator);
  createLogger(config.logLevel).info(
    { url: simulator.url, app_id: config.appId, page_id: DEMO_PAGE_ID, psid: DEMO_CUSTOMER_PSID },
    'ready; tokens are shown by /control/state',
  );
  process.send?.({ type: 'ready', url: simulator.url });
}

function closeOnSignals(simulator: RunningSimulator): void {
  const isForked = process.send !== undefined;
  const stop = (): void => {
    void simulator.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  // Ctrl-C reaches the whole process group: a parent that forked us stops us when it is through.
  if (isForked) process.on('SIGINT', () => undefined);
  else process.once('SIGINT', stop);
  if (isForked) process.once('disconnect', stop);
  if (isForked && !process.connected) stop();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
