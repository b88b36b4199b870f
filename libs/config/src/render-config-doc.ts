import { channelVariables } from './channel-variables.js';
import { variables } from './variables.js';

interface Entry {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
  readonly secret: boolean;
}

/** `docs/config.md`; `npm run verify` fails when the file differs. */
export function renderConfigDoc(): string {
  return [
    '# Configuration',
    '',
    'Environment variables, read once at the start. A process that finds something wrong says everything that is wrong and',
    'does not start. An empty variable counts as unset. Every secret can be given as `NAME_FILE` instead: the path of a file',
    'that holds it; a newline at its end is dropped.',
    'Generated from `libs/config/src/variables.ts`: do not edit.',
    '',
    '| variable | default | meaning | secret |',
    '| --- | --- | --- | --- |',
    ...entries().map(
      (entry) => `| \`${entry.name}\` | ${entry.default} | ${entry.meaning} | ${entry.secret ? 'yes' : ''} |`,
    ),
    '',
  ].join('\n');
}

/** `.env.example`: everything commented out, so that a copy of it changes nothing. */
export function renderEnvExample(): string {
  const header =
    '# Every variable of Parley, generated from libs/config: do not edit. Copy it to .env and set what you need.\n';
  const parts = entries().map((entry) => {
    const file = entry.secret ? ` Or the path of a file: ${entry.name}_FILE.` : '';
    return `# ${plain(entry.meaning)}${file}\n# Default: ${plain(entry.default)}\n# ${entry.name}=\n`;
  });
  return [header, ...parts].join('\n');
}

function entries(): Entry[] {
  return Object.entries({ ...variables, ...channelVariables }).map(([name, variable]) => ({
    name,
    default: variable.default,
    meaning: variable.meaning,
    secret: 'secret' in variable,
  }));
}

function plain(text: string): string {
  return text.replaceAll('`', '');
}
