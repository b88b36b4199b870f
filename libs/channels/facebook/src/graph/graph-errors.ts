import { ROWS } from './graph-error-rows.js';
import type { Verdict } from './verdict.js';

/** Facebook lists these as codes, and sends them as subcodes of 10, 100 or 200: they say enough in either place. */
const SPEAKS_FOR_ITSELF = 10_000;

const verdicts = new Map<string, Verdict>(
  ROWS.flatMap(({ matches, ...verdict }) =>
    matches.flatMap((match) => keysOf(match).map((key): [string, Verdict] => [key, verdict])),
  ),
);

function keysOf(match: string): string[] {
  const subcode = match.split('/')[1];
  return subcode !== undefined && Number(subcode) >= SPEAKS_FOR_ITSELF ? [match, subcode] : [match];
}

/** undefined: a refusal that we have not heard of. */
export function verdictOn(code: number, subcode: number | undefined): Verdict | undefined {
  const high = [subcode, code].filter((number) => number !== undefined && number >= SPEAKS_FOR_ITSELF).map(String);
  const keys = [`${code}/${subcode ?? ''}`, ...high, String(code)];
  return keys.map((key) => verdicts.get(key)).find((verdict) => verdict !== undefined);
}
