import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './root.mjs';

const ignored = new Set(['node_modules', 'dist', 'fixtures']);

/** Every file below the folder whose name ends so, sorted, relative to the repository. */
export function filesBelow(folder, ending) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : filesBelow(path, ending);
      return ending.test(entry.name) ? [path] : [];
    });
}

/** One name for the content of these files and for these values. */
export function fingerprint(files, ...values) {
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(inRoot(file)));
  return hash.digest('hex');
}

/** A stamp is written after the work, so half-done work has none. */
export function isStamped(stamp, value) {
  return existsSync(inRoot(stamp)) && readFileSync(inRoot(stamp), 'utf8') === value;
}

export function writeStamp(stamp, value) {
  writeFileSync(inRoot(stamp), value);
}
