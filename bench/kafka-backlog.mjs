// What is left to do on Kafka. `ends`: partition → how many records Kafka has of it; what is missing there is 0.

/** `positions`: partition → the offset that its reader reads next. Beyond the end is as wrong: Kafka has lost what was read. */
export function countUnread(ends, positions) {
  return sum([...ends].map(([partition, end]) => Math.abs(end - (positions.get(partition) ?? 0))));
}

/**
 * `lanes`: of each partition of PostgreSQL's log {partition, end, next}: its records, and up to where they were copied by the relay's
 * own word; Kafka has to have at least as many, for it may have repeats.
 */
export function countUncopied(lanes, ends) {
  return sum(lanes.map(({ partition, end, next }) => end - Math.min(next, ends.get(partition) ?? 0)));
}

export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
