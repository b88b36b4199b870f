type Signal = 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

export interface Stoppable {
  send(signal: Signal): void;
  endsWithin(milliseconds: number): Promise<boolean>;
}

/** How long PostgreSQL gets to write everything out before it is told to drop it and recover at the next start. */
const FAST_SHUTDOWN_MS = 20_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one; what was committed survives both, and SIGKILL too. */
export async function shutDown(server: Stoppable): Promise<void> {
  server.send('SIGINT');
  if (await server.endsWithin(FAST_SHUTDOWN_MS)) return;
  server.send('SIGQUIT');
  if (await server.endsWithin(IMMEDIATE_SHUTDOWN_MS)) return;
  server.send('SIGKILL');
  await server.endsWithin(IMMEDIATE_SHUTDOWN_MS);
}
