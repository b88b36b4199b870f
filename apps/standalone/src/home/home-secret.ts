import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that this home made up for itself, readable by its owner only. Made once, complete or not at all. */
export function homeSecret(home: string, name: string, make: () => string = newSecret): string {
  const path = join(home, name);
  if (existsSync(path)) {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret === '')
      throw new Error(`${path} is empty: restore it from a backup, or delete it to have a new one made.`);
    return secret;
  }
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const part = `${path}.${String(process.pid)}`;
  writeFileSync(part, `${make()}\n`, { mode: 0o600, flush: true });
  chmodSync(part, 0o600);
  renameSync(part, path);
  return readFileSync(path, 'utf8').trim();
}

/** 256 bits. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
