import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

export interface Ran {
  /** What each curl answered, in order. */
  readonly answers: readonly Record<string, unknown>[];
  /** How many times curl stands in the README. */
  readonly curls: number;
}

/** Starts the README's bot and pastes its shell blocks into one shell, one after the other; a refused call ends it. */
export async function runReadme(simulatorUrl: string): Promise<Ran> {
  const port = await freePort();
  const here = (text: string): string =>
    text.replaceAll('http://127.0.0.1:8090', simulatorUrl).replaceAll('3000', String(port));
  const text = await readFile(README, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const bot = join(folder, 'bot.mjs');
  await writeFile(bot, here(blocksOf(text, 'js').join('\n')));
  const child = spawn('node', [bot], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const script = here(
      blocksOf(text, 'sh')
        .filter((block) => block.includes('$SIM'))
        .join('\n'),
    );
    return { answers: await paste(script), curls: script.match(/^curl /gm)?.length ?? 0 };
  } finally {
    await end(child);
    await rm(folder, { recursive: true });
  }
}

async function paste(script: string): Promise<Record<string, unknown>[]> {
  // Each answer on a line of its own; those in $(…) stay as they are.
  const curl = `curl() { command curl --fail-with-body "$@" && if [ "$BASH_SUBSHELL" = 0 ]; then echo; fi; }`;
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${curl}\n${script}`], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
