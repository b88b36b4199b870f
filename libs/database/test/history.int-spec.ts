import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataSource } from '../src/data-source.js';
import type { Database } from '../src/database.js';
import { fileWitness } from '../src/history/file-witness.js';
import type { Witness } from '../src/history/history.js';
import { openPgDatabase } from '../src/pg-database.js';
import { declareRestored } from '../src/history/declare-restored.js';
import { historyStore } from '../src/stores/history.store.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

interface Start {
  readonly token: string;
  readonly is_restored: boolean;
}

describe('the history of a database', () => {
  let opened: OpenedDatabase;
  let folder: string;
  let witness: Witness;

  beforeEach(async () => {
    opened = await openMigratedDatabase();
    folder = mkdtempSync(join(tmpdir(), 'parley-witness-'));
    witness = fileWitness(join(folder, 'database-start'));
  });

  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a process that starts now sees it. */
  const startProcess = async (seenBy?: Witness): Promise<Start> => {
    const source = await openDataSource({
      url: opened.url,
      poolSize: 1,
      ...(seenBy !== undefined && { witness: seenBy }),
    });
    const process = openPgDatabase(source);
    const token = process.history.token();
    await process.close();
    const found = (await starts(opened.database)).find((start) => start.token === token);
    if (found === undefined) throw new Error('The start was not noted.');
    return found;
  };
  /** The server of the next process is another one. */
  const restartServer = (): Promise<unknown> =>
    opened.database.query(`update database_starts set server_started = 'some time ago ' || number`);
  /** What the backup that was made after the start `of` has. */
  const putBack = (of: Start): Promise<unknown> =>
    opened.database.query(
      'delete from database_starts where number > (select number from database_starts where token = $1)',
      [of.token],
    );

  it('gives every process of one start of the server the same token', async () => {
    const first = await startProcess();
    expect([await startProcess(), await startProcess(witness), await startProcess(witness)]).toEqual([
      first,
      first,
      first,
    ]);
  });

  it('goes on with a new token, and knows the old one, after the server was started again', async () => {
    const first = await startProcess(witness);
    await restartServer();
    const second = await startProcess(witness);
    expect(second).toMatchObject({ is_restored: false });
    expect(second.token).not.toBe(first.token);
    expect(await historyStore.knows(opened.database, first.token)).toBe(true);
  });

  it('knows nothing of what came after a backup, and notices when somebody saw that', async () => {
    const first = await startProcess(witness);
    await restartServer();
    const second = await startProcess(witness);
    await putBack(first);
    const third = await startProcess(witness);
    expect(third).toMatchObject({ is_restored: true });
    expect(await historyStore.knows(opened.database, first.token)).toBe(true);
    expect(await historyStore.knows(opened.database, second.token)).toBe(false);
    expect(await historyStore.owedNews(opened.database)).toBe(third.token);
  });

  it('notices it once, whoever comes later', async () => {
    const first = await startProcess(witness);
    const others = fileWitness(join(folder, 'other'));
    await restartServer();
    await startProcess(witness);
    await startProcess(others);
    await putBack(first);
    const noticed = await startProcess(witness);
    expect([await startProcess(others), await startProcess()]).toEqual([noticed, noticed]);
  });

  it('cannot notice it without any memory, but takes no token of the lost time for its own', async () => {
    const first = await startProcess();
    await restartServer();
    const lost = await startProcess();
    await putBack(first);
    expect(await startProcess()).toMatchObject({ is_restored: false });
    expect(await historyStore.knows(opened.database, lost.token)).toBe(false);
  });

  it('notices that the memory itself came with a copy', async () => {
    await startProcess(witness);
    copyFileSync(join(folder, 'database-start'), join(folder, 'copied'));
    const copied = fileWitness(join(folder, 'copied'));
    await restartServer();
    expect(await startProcess(copied)).toMatchObject({ is_restored: true });
    await restartServer();
    expect(await startProcess(copied)).toMatchObject({ is_restored: false });
  });

  describe('of one of two installations', () => {
    let other: OpenedDatabase;

    const named = async ({ database }: OpenedDatabase): Promise<void> => {
      await database.query(
        `insert into installation (key, value) values ('default_workspace', gen_random_uuid()::text)`,
      );
    };
    /** Of the other one, seen by the same witness. */
    const startOther = async (): Promise<boolean> => {
      const source = await openDataSource({ url: other.url, poolSize: 1, witness });
      await openPgDatabase(source).close();
      const [latest] = await other.database.query<Start>(
        'select token, is_restored from database_starts order by number desc limit 1',
      );
      return latest?.is_restored === true;
    };

    beforeEach(async () => {
      other = await openMigratedDatabase();
    });

    afterEach(() => other.close());

    it('is not taken for a backup of the other, and neither is forgotten', async () => {
      await named(opened);
      const first = await startProcess(witness);
      // its first start, before it has a name
      expect(await startOther()).toBe(false);
      await named(other);
      expect(await startOther()).toBe(false);
      await restartServer();
      const second = await startProcess(witness);
      expect(second).toMatchObject({ is_restored: false });
      expect(await startOther()).toBe(false);
      await putBack(first);
      expect(await startProcess(witness)).toMatchObject({ is_restored: true });
    });

    it('stays a copy when the other was started first', async () => {
      await Promise.all([named(opened), named(other)]);
      await startProcess(witness);
      copyFileSync(join(folder, 'database-start'), join(folder, 'copied'));
      witness = fileWitness(join(folder, 'copied'));
      expect(await startOther()).toBe(false);
      await restartServer();
      expect(await startProcess(witness)).toMatchObject({ is_restored: true });
    });
  });

  it('begins anew in another cluster, on another timeline, and with another log', async () => {
    const first = await startProcess();
    await opened.database.query(`update database_starts set identity = 'elsewhere'`);
    expect(await startProcess()).toMatchObject({ is_restored: true });
    expect(await historyStore.knows(opened.database, first.token)).toBe(false);
  });

  it('is broken off by a person who says so', async () => {
    const first = await startProcess();
    expect(await declareRestored(opened.database)).toBe(0);
    expect(await startProcess()).toMatchObject({ is_restored: true });
    expect(await historyStore.knows(opened.database, first.token)).toBe(false);
  });
});

function starts(database: Database): Promise<Start[]> {
  return database.query('select token, is_restored from database_starts');
}
