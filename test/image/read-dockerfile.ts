import { readFileSync } from 'node:fs';
import { present } from '../harness/only.js';

export interface ImageRules {
  /** The image that each stage begins with. */
  readonly bases: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  readonly workdir: string;
}

/** What the last stage of a Dockerfile says about the process that it will run. */
export function readDockerfile(path: string): ImageRules {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const argumentsOf = (name: string, among = last): string[] =>
    among.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());
  const settings = argumentsOf('ENV').flatMap((line) => line.split(/\s+/));
  return {
    bases: argumentsOf('FROM', lines).map((line) => present(line.split(' ')[0], 'an image')),
    env: Object.fromEntries(settings.map((setting) => setting.split('=', 2) as [string, string])),
    command: JSON.parse(present(argumentsOf('CMD').at(-1), 'CMD')) as string[],
    user: present(argumentsOf('USER').at(-1), 'USER'),
    workdir: present(argumentsOf('WORKDIR').at(-1), 'WORKDIR'),
  };
}
