import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BinariesPackage } from '../src/embedded/find-binaries.js';
import { placeBinaries } from '../src/embedded/place-binaries.js';
import { isRoot, type Account } from '../src/embedded/system-account.js';
import { alsoDelete, cleanUp, makeFolder, serverAccount } from './embedded-owner.js';

afterEach(cleanUp);

/** The shape of the platform package, without its 60 MB and without the links that its install script makes. */
async function makePackage(): Promise<BinariesPackage> {
  const root = await makeFolder();
  for (const folder of ['bin', 'lib/postgresql', 'share'])
    await mkdir(join(root, 'native', folder), { recursive: true });
  await writeFile(join(root, 'native/bin/postgres'), 'the server', { mode: 0o755 });
  await writeFile(join(root, 'native/lib/libpq.so.5.18'), 'the library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(root, 'native/pg-symlinks.json'), JSON.stringify(links));
  const version = `18.0.0-test-${randomUUID()}`;
  return { root, version, major: '18' };
}

/** How the package gets out of PostgreSQL's reach, and where the copy then goes. */
const closed: { path: string; mode: number; copiesTo: (home: string) => string; account?: Account } = isRoot()
  ? { path: '.', mode: 0o700, copiesTo: () => '/var/lib/parley', account: serverAccount }
  : { path: 'native/lib', mode: 0o555, copiesTo: (home) => home };

describe('the programs of PostgreSQL', () => {
  it('run where they were installed, with the links to their libraries made when they are missing', async () => {
    const found = await makePackage();
    const home = await makeFolder();
    expect(await placeBinaries(found, home)).toBe(join(found.root, 'native/bin'));
    expect(await placeBinaries(found, home)).toBe(join(found.root, 'native/bin'));
    expect(await readlink(join(found.root, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('are copied, once, to where PostgreSQL can run them', async () => {
    const found = await makePackage();
    const home = await makeFolder();
    const copy = join(closed.copiesTo(home), `postgres-${found.version}`);
    alsoDelete(copy);
    await chmod(join(found.root, closed.path), closed.mode);
    try {
      const folders = await Promise.all([1, 2].map(() => placeBinaries(found, home, closed.account)));
      expect(folders).toEqual([join(copy, 'native/bin'), join(copy, 'native/bin')]);
      expect((await stat(join(copy, 'native/bin/postgres'))).mode & 0o777).toBe(0o755);
      expect(await readFile(join(copy, 'native/lib/libpq.so.5'), 'utf8')).toBe('the library');

      await writeFile(join(copy, 'kept'), '');
      await placeBinaries(found, home, closed.account);
      expect(await readFile(join(copy, 'kept'), 'utf8')).toBe('');
    } finally {
      await chmod(join(found.root, closed.path), 0o755);
    }
  });
});
