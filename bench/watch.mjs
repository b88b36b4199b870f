// What a process says of itself while it works.
import { readFileSync } from 'node:fs';

/** Resident set size of one process, MB. */
export function residentOf(pid) {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

/** How late the event loop of a process was since it was last asked, ms. */
export async function loopDelay(metricsPort) {
  const text = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
  const valueOf = (name) => (Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]) * 1000).toFixed(0);
  return { p99: valueOf('nodejs_eventloop_lag_p99_seconds'), max: valueOf('nodejs_eventloop_lag_max_seconds') };
}
