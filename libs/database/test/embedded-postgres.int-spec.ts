import { appendFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cleanUp,
  copyHome,
  ended,
  launchOwner,
  makeFolder,
  makePristineHome,
  query,
  startHere,
  startOwner,
  until,
} from './embedded-owner.js';

let pristine: string;

beforeAll(async () => {
  pristine = await makePristineHome();
});
afterEach(cleanUp);
afterAll(() => rm(pristine, { recursive: true, force: true }));

describe('embedded PostgreSQL', () => {
  it('creates its data at the first start, in a folder of any name, and keeps them over a stop', async () => {
    const home = join(await makeFolder(), 'new', "Ünser 'Zuhause' – 家 $HOME");
    const first = await startHere(home);
    expect(first.firstStart).toBe(true);
    expect(first.dataDirectory).toBe(join(home, 'postgres'));
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');

    const second = await startHere(home);
    expect(second.firstStart).toBe(false);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect([...first.said, ...second.said]).toEqual([]);
    expect((await stat(join(home, 'postgres-password'))).mode & 0o777).toBe(0o600);
  });

  it('commits to the disk, in UTF-8, in a database that is its own', async () => {
    const { url } = await startHere(await copyHome(pristine));
    const settings = await query(
      url,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit, current_setting('server_encoding') encoding,
              pg_get_userbyid(datdba) owner from pg_database where datname = current_database()`,
    );
    expect(new URL(url).pathname).toBe('/parley');
    expect(settings).toEqual([{ fsync: 'on', commit: 'on', encoding: 'UTF8', owner: 'parley' }]);
  });

  it('lets in nobody without the password', async () => {
    const { url } = await startHere(await copyHome(pristine));
    const stranger = new URL(url);
    stranger.password = 'guessed';
    await expect(query(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('outlives a Ctrl-C, which reaches the whole process group', async () => {
    const owner = await startOwner(await copyHome(pristine));
    process.kill(-owner.pid, 'SIGINT');
    expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says so when it ends by itself, and lets go of the folder when it is stopped', async () => {
    const home = await copyHome(pristine);
    const postgres = await startHere(home);
    const pid = parseInt(await readFile(join(postgres.dataDirectory, 'postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGINT');
    await postgres.exited;
    expect(postgres.said).toEqual([
      expect.stringMatching(/^PostgreSQL ended by itself [^]*database system is shut down$/),
    ]);
    await postgres.stop();
    expect(await readdir(home)).not.toContain('parley.lock');
  });

  it('rebuilds what a killed first start left half-made', async () => {
    const home = await makeFolder();
    const killed = launchOwner(home);
    await until(async () => (await readdir(home)).some((name) => name.startsWith('postgres.building-')));
    killed.kill('SIGKILL');
    await ended(killed);
    expect(await readdir(home)).not.toContain('postgres');

    expect((await startHere(home)).firstStart).toBe(true);
    expect((await readdir(home)).sort()).toEqual(['parley.lock', 'postgres', 'postgres-password']);
  });

  it('rebuilds a folder that an interrupted initdb left in its place', async () => {
    const home = await makeFolder();
    await mkdir(join(home, 'postgres/pg_wal'), { recursive: true });
    await writeFile(join(home, 'postgres/PG_VERSION'), '18\n');
    expect((await startHere(home)).firstStart).toBe(true);
  });

  it('refuses the data of another version of PostgreSQL and leaves them alone', async () => {
    const home = await makeFolder();
    await mkdir(join(home, 'postgres'));
    await writeFile(join(home, 'postgres/PG_VERSION'), '17\n');
    await expect(startHere(home)).rejects.toThrow(/made by PostgreSQL 17; this Parley brings PostgreSQL 18/);
    expect(await readFile(join(home, 'postgres/PG_VERSION'), 'utf8')).toBe('17\n');
  });

  it('refuses data that lack a part instead of starting empty', async () => {
    const home = await makeFolder();
    await mkdir(join(home, 'postgres/pg_wal'), { recursive: true });
    await writeFile(join(home, 'postgres/PG_VERSION'), '18\n');
    await writeFile(join(home, 'postgres/pg_wal/000000010000000000000001'), '');
    await expect(startHere(home)).rejects.toThrow('are incomplete (no global/pg_control)');
  });

  it('names the cause with the end of the log when PostgreSQL does not start', async () => {
    const home = await copyHome(pristine);
    await appendFile(join(home, 'postgres/postgresql.conf'), 'nonsense = on\n');
    await expect(startHere(home)).rejects.toThrow(
      /did not start on [^]*unrecognized configuration parameter "nonsense"/,
    );
    expect(await readdir(home)).not.toContain('parley.lock');
  });

  it('finds its data where the home remembers them, and there only', async () => {
    const [home, elsewhere] = [await copyHome(pristine), await makeFolder()];
    await rename(join(home, 'postgres'), join(elsewhere, 'postgres'));
    await writeFile(join(home, 'postgres-location'), `${elsewhere}/postgres\n`);
    const owner = await startHere(home);
    expect(owner).toMatchObject({ firstStart: false, dataDirectory: `${elsewhere}/postgres` });

    const copy = await copyHome(home);
    await rm(join(copy, 'parley.lock'));
    await expect(startHere(copy)).rejects.toThrow(`Parley is already running on ${elsewhere}`);
    await owner.stop();
    await rm(elsewhere, { recursive: true });
    await expect(startHere(home)).rejects.toThrow(
      `The data of ${home} lay in ${elsewhere}/postgres, and are not there.`,
    );
  });

  it('refuses data whose password is missing', async () => {
    const home = await copyHome(pristine);
    await rm(join(home, 'postgres-password'));
    await expect(startHere(home)).rejects.toThrow(`is missing: ${home}/postgres-password`);
  });

  it('refuses a second process on its home, by name, and goes on', async () => {
    const home = await copyHome(pristine);
    const first = await startOwner(home);
    await expect(startHere(home)).rejects.toThrow(
      `Parley is already running on ${home}: process ${String(first.pid)} holds it. ` +
        'Stop that process first, or give this one a folder of its own with PARLEY_HOME.',
    );
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
