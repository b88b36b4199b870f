import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRoot } from '../src/embedded/system-account.js';
import { cleanUp, makeFolder, ordinaryAccount, query, serverAccount, startHere, startOwner } from './embedded-owner.js';

afterEach(cleanUp);

function sharedFolder(home: string): string {
  return join('/var/lib/parley', createHash('sha256').update(home).digest('hex').slice(0, 16));
}

/** Root lends PostgreSQL an account that cannot enter root's closed folders; anybody else enters the own ones. */
const belowClosedFolder = isRoot()
  ? {
      folder: sharedFolder,
      says: (folder: string): unknown[] => [
        expect.stringContaining(`PostgreSQL keeps its data in ${folder}/postgres `),
      ],
      saysOfDeletedHome: [
        expect.stringMatching(/keeps its data/),
        expect.stringMatching(/were moved to .*postgres\.left-/),
      ],
      setsAside: 1,
    }
  : { folder: (home: string) => home, says: (): unknown[] => [], saysOfDeletedHome: [], setsAside: 0 };

describe('the data of embedded PostgreSQL', () => {
  it('belong to the normal user who starts it, and stay that user’s when somebody mightier does', async () => {
    const home = await makeFolder(0o711, ordinaryAccount);
    const owner = await startOwner(home, ordinaryAccount);
    expect(owner.dataDirectory).toBe(join(home, 'postgres'));
    await query(owner.url, 'create table kept as select 42 as answer');
    await owner.stop();

    const later = await startHere(home);
    expect(await query(later.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect((await stat(later.dataDirectory)).uid).toBe(serverAccount.uid);
  });

  it('lie where PostgreSQL can reach them when the home is below a closed folder', async () => {
    const home = join(await makeFolder(0o700), 'home');
    const folder = belowClosedFolder.folder(home);
    const owner = await startHere(home);
    expect(owner.dataDirectory).toBe(join(folder, 'postgres'));
    expect(owner.said).toEqual(belowClosedFolder.says(folder));
    await query(owner.url, 'create table kept as select 42 as answer');
    await owner.stop();

    const later = await startHere(home);
    expect(await query(later.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(later.said).toEqual(belowClosedFolder.says(folder));

    // The data of a deleted home are kept, but are not those of a new one of the same path.
    await later.stop();
    await rm(home, { recursive: true });
    const renewed = await startHere(home);
    expect(renewed.firstStart).toBe(true);
    expect(renewed.said).toEqual(belowClosedFolder.saysOfDeletedHome);
    const kept = await readdir(dirname(renewed.dataDirectory));
    expect(kept.filter((name) => name.startsWith('postgres.left-'))).toHaveLength(belowClosedFolder.setsAside);
  });
});
