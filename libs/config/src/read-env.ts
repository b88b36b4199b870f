import { readFileSync } from 'node:fs';
import { variables } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What was wrong with files of secrets; rides along so that the process can say everything that is wrong at once. */
const problemsOf = new WeakMap<Environment, readonly string[]>();

const declaredSecrets = new Set(
  Object.entries(variables).flatMap(([name, variable]) => ('secret' in variable ? [name] : [])),
);

/**
 * The environment of this process; nobody else reads it. An empty variable counts as unset. Every secret may be given as
 * `NAME_FILE` instead: the declared ones, and those of channels, whose names end in `_SECRET` or `_PASSWORD`.
 */
export function readEnvironment(source: Environment = process.env): Environment {
  const environment: Record<string, string | undefined> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(source)) if (value !== '') environment[name] = value;
  for (const [name, path] of Object.entries(environment)) {
    const secret = secretNamedBy(name);
    if (secret === undefined || path === undefined) continue;
    const read =
      environment[secret] === undefined
        ? readSecret(path)
        : { problem: `and ${secret} are both set: keep one of them` };
    if ('problem' in read) problems.push(`${name} ${read.problem}.`);
    else environment[secret] = read.secret;
  }
  problemsOf.set(environment, problems);
  return environment;
}

export function fileProblems(environment: Environment): readonly string[] {
  return problemsOf.get(environment) ?? [];
}

function secretNamedBy(name: string): string | undefined {
  if (!name.endsWith('_FILE')) return undefined;
  const secret = name.slice(0, -'_FILE'.length);
  return declaredSecrets.has(secret) || /_(SECRET|PASSWORD)$/.test(secret) ? secret : undefined;
}

/** The path is not shown: it may be the secret itself, put into the wrong variable. */
function readSecret(path: string): { secret: string } | { problem: string } {
  try {
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return secret === '' ? { problem: 'names an empty file: write the secret into it' } : { secret };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `names a file that cannot be read (${code ?? 'unknown'}): check its path and who may read it` };
  }
}
