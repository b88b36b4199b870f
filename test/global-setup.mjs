// One PostgreSQL for all suites of a run, in PARLEY_TEST_POSTGRES_URL; a server named there from outside is used instead.
import { spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export default async function startTestPostgres() {
  if ((process.env.PARLEY_TEST_POSTGRES_URL ?? '') !== '') {
    // the product's own databases are made there too
    process.env.PARLEY_TEST_ON_SERVER = 'yes';
    return;
  }
  const home = await mkdtemp(join(tmpdir(), 'parley-jest-'));
  // PostgreSQL runs as another account when we are root.
  await chmod(home, 0o711);
  const script = fileURLToPath(new URL('./postgres-owner.mjs', import.meta.url));
  // every suite on a slow disk: PARLEY_TEST_SLOW_DISK_MS=5 npm test -- <suites>
  const slowDisk = `--slow-disk-ms=${process.env.PARLEY_TEST_SLOW_DISK_MS ?? '0'}`;
  const owner = spawn(process.execPath, [script, home, '--max-connections=120', slowDisk, '--delete-data'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  owner.stdin.on('error', () => undefined);
  const { url, error = 'its process ended' } = await firstAnswer(owner);
  if (url === undefined) {
    // Suites without a database still run; the others fail with this reason.
    process.env.PARLEY_TEST_POSTGRES_MISSING = error;
    return;
  }
  process.env.PARLEY_TEST_POSTGRES_URL = url;
  globalThis.parleyTestPostgres = owner;
}

async function firstAnswer(owner) {
  for await (const line of createInterface({ input: owner.stdout })) {
    const answer = JSON.parse(line);
    if (answer.said === undefined) return answer;
  }
  return {};
}
