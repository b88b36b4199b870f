// Owns an embedded PostgreSQL as long as its standard input is open: whoever started it may end in any way, kill -9
// included, and PostgreSQL is stopped. Says what happens in lines of JSON.
//   node postgres-owner.mjs <home> [--max-connections=<n>] [--slow-disk-ms=<n>] [--set=<name>=<value>]… [--delete-data]
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { slowDiskEnvironment } from './slow-disk/slow-disk.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'max-connections': { type: 'string', default: '40' },
    'slow-disk-ms': { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    'delete-data': { type: 'boolean', default: false },
  },
});
const home = positionals[0];
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// Nobody may be reading any more.
process.stdout.on('error', () => undefined);
// Ctrl-C reaches the whole process group; whoever started us says when it is over.
process.on('SIGINT', () => undefined);

const inputEnded = new Promise((resolve) => {
  process.stdin.on('end', resolve).on('error', resolve).resume();
  process.once('SIGTERM', resolve);
});

try {
  const built = '../dist/libs/database/src/embedded/start-embedded-postgres.js';
  const { startEmbeddedPostgres } = await import(built);
  const maxConnections = Number(values['max-connections']);
  const slowDiskMs = Number(values['slow-disk-ms']);
  await mkdir(home, { recursive: true });
  const environment = slowDiskMs > 0 ? slowDiskEnvironment(home, slowDiskMs) : {};
  const postgres = await startEmbeddedPostgres({
    home,
    maxConnections,
    environment,
    serverSettings: Object.fromEntries(values.set.map((setting) => setting.split('='))),
    say: (line) => say({ said: line }),
  });
  const { url, firstStart, dataDirectory } = postgres;
  say({ url, firstStart, dataDirectory });
  await Promise.race([inputEnded, postgres.exited]);
  await postgres.stop();
  // As root below a closed folder the data lie elsewhere.
  if (values['delete-data']) await rm(dirname(dataDirectory), { recursive: true, force: true });
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
} finally {
  if (values['delete-data']) await rm(home, { recursive: true, force: true });
  process.stdin.destroy();
}
