// What a process says of itself while it works.
import { readFileSync } from 'node:fs';

/** Who does not answer by then is not well: it asks the database and Kafka for a second and a half at most. */
const answersWithinMs = 30_000;

/** Resident set size of one process, MB; throws when it has ended. */
export function residentOf(pid) {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const found = /^VmRSS:\s+(\d+)/m.exec(status);
  if (found === null) throw new Error(`Process ${String(pid)} has no memory any more.`);
  return Math.round(Number(found[1]) / 1024);
}

/** How late the event loop of a process was since it was last asked, ms. */
export async function loopDelay(metricsPort) {
  return lateness(await openPage(metricsPort));
}

/**
 * How late its event loop was since it was last asked, ms; what V8 uses and what it has taken for it, and what lies outside of its
 * heap, MB; how often V8 collected all garbage since the process began.
 */
export async function lookInside(metricsPort) {
  const valueOf = await openPage(metricsPort);
  return {
    ...lateness(valueOf),
    heap: megabytes(valueOf('nodejs_heap_size_used_bytes')),
    taken: megabytes(valueOf('nodejs_heap_size_total_bytes')),
    outside: megabytes(valueOf('nodejs_external_memory_bytes')),
    collections: valueOf('nodejs_gc_duration_seconds_count{kind="major"}') || 0,
  };
}

function megabytes(bytes) {
  return Math.round(bytes / 1_048_576);
}

function lateness(valueOf) {
  const ms = (name) => (valueOf(name) * 1000).toFixed(0);
  return { p99: ms('nodejs_eventloop_lag_p99_seconds'), max: ms('nodejs_eventloop_lag_max_seconds') };
}

/** Answers the value of a series, as it stands on the page of metrics; NaN where it is not there. */
export async function openPage(metricsPort) {
  const url = `http://127.0.0.1:${String(metricsPort)}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(answersWithinMs) })).text();
  const values = new Map(text.split('\n').map((line) => /^(\S+) (\S+)$/.exec(line)?.slice(1) ?? []));
  return (series) => Number(values.get(series));
}
