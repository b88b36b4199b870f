import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An absolute path inside the repository. */
export function inRoot(...parts) {
  return join(root, ...parts);
}

export function readManifest() {
  return JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
}
