import { setTimeout as delay } from 'node:timers/promises';

/** The answer, or what `late` makes of it when there is none yet. */
export async function inTime<Value>(answer: Promise<Value>, ms: number, late: () => Value): Promise<Value> {
  const answered = new AbortController();
  try {
    return await Promise.race([answer, delay(ms, undefined, { signal: answered.signal }).then(late)]);
  } finally {
    answered.abort();
  }
}
