/** How long PostgreSQL is away, s: as short as says something, or by command PARLEY_TEST_OUTAGE_SECONDS=60, or 600. */
export function outageSeconds(shortest: number): number {
  return Number(process.env['PARLEY_TEST_OUTAGE_SECONDS'] ?? shortest);
}

/** Of each customer between two texts: a long outage has no more of them than one of a few seconds. */
export function outagePauseMs(seconds: number): number {
  return Math.max(5, seconds);
}
