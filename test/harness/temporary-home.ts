import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

/** A PARLEY_HOME of its own. 0711: as root PostgreSQL runs as another account, which has to pass through. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
  chmodSync(home, 0o711);
  made.push(home);
  return home;
}

/** Where the embedded PostgreSQL keeps its data: in the home, or, when its account could not reach it there, where the home says. */
export function clusterOf(home: string): string {
  const memory = join(home, 'postgres-location');
  return existsSync(memory) ? readFileSync(memory, 'utf8').trim() : join(home, 'postgres');
}

/** Removes every home that this suite made. */
export function removeHomes(): void {
  const options = { recursive: true, force: true, maxRetries: 5 } as const;
  for (const home of made.splice(0)) {
    const cluster = clusterOf(home);
    if (cluster.startsWith('/var/lib/parley/')) rmSync(dirname(cluster), options);
    rmSync(home, options);
  }
}
