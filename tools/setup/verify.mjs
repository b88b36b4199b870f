import { existsSync } from 'node:fs';
import { packagingChecks } from '../packaging/packaging-checks.mjs';
import { runNode } from './child.mjs';
import { refuseSubject } from './commit-subject.mjs';
import { readCommitSubjects } from './git.mjs';
import { inRoot } from './root.mjs';
import { secondsSince } from './step.mjs';

const lanes = 2;

/** The slowest first: the others run beside it. Each ends in passed, failed or not run with a reason. */
const checks = [
  [
    'eslint',
    () =>
      tool('eslint/bin/eslint.js', '.', '--max-warnings=0', '--cache', '--cache-location=node_modules/.cache/eslint/'),
  ],
  ['types', () => tool('typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit')],
  [
    'folder law',
    () =>
      tool('dependency-cruiser/bin/dependency-cruise.mjs', ...existing('apps', 'libs', 'tools', 'test'), '--config'),
  ],
  ['prettier', () => tool('prettier/bin/prettier.cjs', '--check', '--cache', '--log-level=warn', '.')],
  ['knip', () => tool('knip/bin/knip.js', '--no-progress')],
  ['generated documents', () => run('tools/generate.mjs', '--check')],
  ['commit subjects', checkCommitSubjects],
  ...packagingChecks,
];

export async function verify() {
  console.log('\nVerifying');
  const waiting = [...checks];
  const results = [];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift())
      results.push(await runCheck(...check));
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return results;
}

export async function runVerify() {
  const results = await verify();
  if (results.some((result) => result.state === 'failed')) process.exitCode = 1;
}

async function runCheck(name, check) {
  const startedAt = performance.now();
  const { state, output } = await check();
  console.log(`  ${name}: ${state} (${secondsSince(startedAt)})${state === 'passed' ? '' : `\n${output.trim()}`}`);
  return { name, state, output };
}

async function run(...args) {
  const { code, output } = await runNode(args);
  return { state: code === 0 ? 'passed' : 'failed', output };
}

function tool(path, ...args) {
  return run(`node_modules/${path}`, ...args);
}

function existing(...folders) {
  return folders.filter((folder) => existsSync(inRoot(folder)));
}

async function checkCommitSubjects() {
  const { subjects, reason } = await readCommitSubjects();
  if (reason !== undefined) return { state: 'not run', output: `    ${reason}` };
  const refusals = subjects.flatMap((subject) => refuseSubject(subject) ?? []);
  return { state: refusals.length === 0 ? 'passed' : 'failed', output: refusals.join('\n') };
}
