import { spawn } from 'node:child_process';
import { root } from './root.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in the repository, without a shell and without stdin. A signal that reaches us while it runs goes on to
 * it, and ends us after it. `isShown` lets it write to the terminal; otherwise its output is collected. After `limitMs` it is ended.
 */
export function runChild(program, args, { env = process.env, isShown = false, limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { cwd: root, env, stdio, timeout: limitMs });
    let output = '';
    let received;
    const collect = (chunk) => (output += chunk);
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    const forward = (signal) => {
      received = signal;
      child.kill(signal);
    };
    forwarded.forEach((signal) => process.on(signal, forward));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      forwarded.forEach((name) => process.off(name, forward));
      if (received !== undefined) process.kill(process.pid, received);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

export function runNode(args, options) {
  return runChild(process.execPath, args, options);
}
