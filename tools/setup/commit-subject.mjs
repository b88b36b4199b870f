// Also the whole of .githooks/commit-msg: `node tools/setup/commit-subject.mjs <file>`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const types = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const conventional = new RegExp(`^(${types.join('|')})(\\([a-z0-9./,-]+\\))?!?: \\S`);
const maxLength = 100;

/** Says in words what is wrong with a subject, or undefined. */
export function refuseSubject(subject) {
  if (subject.startsWith('Merge ')) return undefined;
  if (!conventional.test(subject))
    return `"${subject}" is not conventional: <type>(<folder>): <what it does>, type one of ${types.join(' ')}`;
  if (subject.length > maxLength) return `"${subject}" is longer than ${maxLength} characters`;
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [subject] = readFileSync(process.argv[2], 'utf8').split('\n');
  const refusal = refuseSubject(subject);
  if (refusal !== undefined) {
    console.error(refusal);
    process.exitCode = 1;
  }
}
