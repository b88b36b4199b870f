import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whom PostgreSQL runs as. It refuses uid 0, so root has to lend it another account. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** initdb looks the account's name up, so it has to exist in the machine's list. */
export async function findNobody(): Promise<Account> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      'PostgreSQL does not run as root, and this machine has no account "nobody" for it. ' +
        'Start Parley as a normal user, or point DATABASE_URL at a PostgreSQL server.',
    );
  }
  // macOS writes -2 for 4294967294.
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}

/** The outermost folder on the way to `path`, itself included, that the account cannot enter. */
export async function findClosedFolder(path: string, account: Account): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent !== path) {
    const closed = await findClosedFolder(parent, account);
    if (closed !== undefined) return closed;
  }
  const { mode, uid, gid } = await stat(path);
  const isOpen =
    (mode & 0o001) !== 0 ||
    (uid === account.uid && (mode & 0o100) !== 0) ||
    (gid === account.gid && (mode & 0o010) !== 0);
  return isOpen ? undefined : path;
}
