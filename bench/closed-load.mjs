// Connections that ask again as soon as they are answered: wrk where it is there (Debian has it), else sockets of this process.
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { newMid, openPoster, requestOf, webhookOf } from './support.mjs';

const bodies = 5_000;
const run = promisify(execFile);

export function hasWrk() {
  try {
    execFileSync('which', ['wrk'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `load(url)`: answered 200 a second. What is not answered 200 is an error. */
export function createClosedLoad({ connections, seconds, folder }) {
  // the same bodies go round: what was accepted once is accepted again
  const requests = Array.from({ length: bodies }, (_, n) => requestOf(webhookOf(newMid(), n)));
  if (!hasWrk()) return (url) => loadFromHere(url, { requests, connections, seconds });
  const file = join(folder, 'requests');
  writeFileSync(file, Buffer.concat(requests.flatMap((each) => [Buffer.from(`${String(each.length)}\n`), each])));
  const script = join(import.meta.dirname, 'wrk.lua');
  const args = ['-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '-s', script];
  return async (url) => {
    const { stdout } = await run('wrk', [...args, url, '--', file]);
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
    return Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)[1]);
  };
}

/** Answered 200 a second, each connection asking again as soon as it is answered. */
export async function loadFromHere(url, { requests, connections, seconds }) {
  const poster = openPoster(url, connections);
  let answered = 0;
  let isOver = false;
  const ask = async (first) => {
    for (let next = first; !isOver; next += connections) {
      const status = await poster.post(requests[next % requests.length]);
      if (status !== 200) throw new Error(`answered ${String(status)}`);
      answered += 1;
    }
  };
  const began = performance.now();
  const asking = Array.from({ length: connections }, (_, first) => ask(first));
  await delay(seconds * 1000);
  const rate = (answered * 1000) / (performance.now() - began);
  isOver = true;
  await Promise.all(asking);
  poster.close();
  return rate;
}
