import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';

/** The folder of a PostgreSQL that is stopped, with owners and modes, as an operator would copy it. */
export interface ColdCopy {
  /** In the place of what is there now; once. */
  putBack(): void;
}

/** `cp -a` keeps owners: as root the data belong to another account. */
export function copyCold(directory: string): ColdCopy {
  const copy = `${directory}.copy`;
  rmSync(copy, { recursive: true, force: true });
  execFileSync('cp', ['-a', directory, copy]);
  return {
    putBack: () => {
      rmSync(directory, { recursive: true, force: true });
      renameSync(copy, directory);
    },
  };
}
