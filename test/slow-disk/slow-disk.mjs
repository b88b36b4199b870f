// What a program needs in its environment for a disk whose flushes take longer. Linux with a C compiler only.
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The names of the suites that need it. */
export const slowDiskSuites = '\\.slow-disk\\.[a-z]+-spec\\.ts$';

/** Undefined: it can be built here. */
export function whyNoSlowDisk() {
  if (process.platform !== 'linux') return 'the slow disk is made by LD_PRELOAD, which only Linux has';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no C compiler (cc)';
  }
}

/** Builds the library in `folder`, which PostgreSQL's account must be able to enter. */
export function slowDiskEnvironment(folder, milliseconds) {
  const library = join(folder, 'slow-disk.so');
  const source = fileURLToPath(new URL('./slow-disk.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl']);
  chmodSync(library, 0o755);
  return { LD_PRELOAD: library, SLOW_DISK_MS: String(milliseconds) };
}
