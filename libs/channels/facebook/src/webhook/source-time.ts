/** Below it a number counts seconds (the year 5138), above it milliseconds (1973). */
const SECONDS_BELOW = 1e11;
const YEAR_10000_MS = 253_402_300_800_000;

/**
 * Facebook gives times in milliseconds, for leads and `changes` in seconds, here and there as text: the magnitude tells.
 * Undefined for what is no time.
 */
export function instantOf(value: unknown): string | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return undefined;
  const ms = Math.trunc(number < SECONDS_BELOW ? number * 1000 : number);
  return ms < YEAR_10000_MS ? new Date(ms).toISOString() : undefined;
}
