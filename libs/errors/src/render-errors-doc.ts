import { errorCodes } from './error-codes.js';

/** `docs/errors.md`; `npm run verify` fails when the file differs. */
export function renderErrorsDoc(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, title, remedy }]) => `| ${String(status)} | \`${code}\` | ${title} | ${remedy} |`,
  );
  return [
    '# Errors',
    '',
    'Every refusal is `application/problem+json`: `{type, title, status, detail, code, message, request_id, errors?, source_error?}`.',
    '`code` never changes its meaning; `detail` (repeated in `message`) says what happened this time.',
    'Generated from `libs/errors/src/error-codes.ts`: do not edit.',
    '',
    '| status | code | what | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
