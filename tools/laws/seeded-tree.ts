import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from './folder-breaches.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

export async function withTree<T>(files: Files, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-laws-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a script of the repository in a folder and answers the JSON that it prints. Both linters exit with 1 or more when they find something. */
export async function runForJson(script: string, args: string[], cwd: string = repository): Promise<unknown> {
  const output = await new Promise<string>((resolve) => {
    const options = { cwd, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [join(repository, script), ...args], options, (_error, stdout, stderr) => {
      resolve(stdout === '' ? stderr : stdout);
    });
  });
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw new Error(`${script} said: ${output}`, { cause });
  }
}

export function inRepository(path: string): string {
  return join(repository, path);
}
