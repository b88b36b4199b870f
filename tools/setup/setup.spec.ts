import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { descendantsOf, stillRuns } from '../../test/harness/process-tree.js';
import { waitFor } from '../../test/harness/wait-for.js';

interface Outcome {
  code: number | string | null | undefined;
  stderr: string;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

function runNode(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: repository }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stderr });
    });
  });
}

describe('the Node.js version', () => {
  const startOn = (version: string): Promise<Outcome> =>
    runNode(
      '--input-type=module',
      '-e',
      `Object.defineProperty(process.versions, 'node', { value: '${version}' });
       (await import('./tools/setup/node-version.mjs')).requireSupportedNode();`,
    );

  it.each(['20.19.0', '20.20.2', '22.13.1', '24.11.0', '25.0.0'])('%s is taken', async (version) => {
    expect(await startOn(version)).toEqual({ code: 0, stderr: '' });
  });

  it.each(['18.20.0', '20.18.9', '21.7.0', '22.12.0', '23.9.0', '24.10.0'])(
    '%s is refused in words',
    async (version) => {
      const { code, stderr } = await startOn(version);
      expect(code).toBe(1);
      expect(stderr).toContain(`this is ${version}`);
    },
  );
});

describe('the bundler', () => {
  it('leaves no process behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-bundle-'));
    await writeFile(join(folder, 'entry.mjs'), 'export const one = 1;');
    const script = `import { bundle } from './tools/setup/build.mjs';
      await bundle({ entry: '${folder}/entry.mjs' }, { compiled: 'dist', outdir: '${relative(repository, folder)}/out' });
      process.send('bundled');
      process.once('message', () => process.disconnect());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: repository,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      expect(await once(child, 'message')).toEqual(['bundled', undefined]);
      await waitFor('nobody to be below it', () => !descendantsOf(Number(child.pid)).some(stillRuns));
    } finally {
      child.kill();
      await rm(folder, { recursive: true });
    }
  });
});

describe('the subject of a commit', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-subject-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const judge = async (message: string): Promise<Outcome> => {
    const file = join(folder, 'message');
    await writeFile(file, message);
    return runNode('tools/setup/commit-subject.mjs', file);
  };

  it.each([
    'fix(facebook): refuse webhooks without a signature',
    'feat!: rename the topics\n\nA body that says why.',
    "Merge branch 'main'",
  ])('is taken: %s', async (message) => {
    expect(await judge(message)).toEqual({ code: 0, stderr: '' });
  });

  it.each(['Refuse webhooks', 'fix refuse webhooks', 'fixed(facebook): it', 'fix:', `fix: ${'a'.repeat(100)}`])(
    'is refused: %s',
    async (message) => {
      expect((await judge(message)).code).toBe(1);
    },
  );
});
