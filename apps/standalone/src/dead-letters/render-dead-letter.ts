import { deadLetterIdOf, type DeadLetter } from '#libs/event-log';

/** One line; the record's value is not in it. */
export function deadLetterLine(letter: DeadLetter): string {
  const { group, attempts, reason, ending } = aboutOf(letter);
  const tries = attempts === '1' ? 'once' : `${attempts} times`;
  return `${deadLetterIdOf(letter.record)}  ${ageText(letter.ageSeconds)} old  ${group} tried ${tries}: ${oneLine(reason)}${ending}`;
}

export function deadLetterJson(letter: DeadLetter): string {
  const { group, attempts, reason, origin } = aboutOf(letter);
  return JSON.stringify({
    id: deadLetterIdOf(letter.record),
    origin,
    group,
    attempts: Number(attempts),
    reason,
    age_seconds: Math.round(letter.ageSeconds),
    outcome: letter.outcome,
    ended_at: letter.endedAt?.toISOString() ?? null,
  });
}

export function describeDeadLetter(letter: DeadLetter): string {
  const { record } = letter;
  return [
    deadLetterLine(letter),
    `appended at  ${record.appendedAt.toISOString()}`,
    `workspace    ${record.workspaceId}`,
    `key          ${record.key}`,
    ...Object.entries(record.headers).map(([name, value]) => `${name}: ${value}`),
    record.value,
    '',
  ].join('\n');
}

function aboutOf({
  record: { headers },
  outcome,
  endedAt,
}: DeadLetter): Record<'group' | 'attempts' | 'reason' | 'origin' | 'ending', string> {
  return {
    group: headers['dead-letter-group'] ?? '?',
    attempts: headers['dead-letter-attempts'] ?? '?',
    reason: headers['dead-letter-reason'] ?? '?',
    origin: headers['dead-letter-origin'] ?? '?',
    ending: outcome === null ? '' : `  [${outcome} ${endedAt?.toISOString() ?? ''}]`,
  };
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

function ageText(seconds: number): string {
  const [size, unit] = units.find(([each]) => seconds >= each) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}
