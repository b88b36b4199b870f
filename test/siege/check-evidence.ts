import { checkCalls } from './check-calls.js';
import { checkStream } from './check-stream.js';
import type { Evidence, Stored } from './evidence.js';
import { countBy, findBackwards } from './order.js';
import { emptyVerdict, type Verdict } from './verdict.js';

/** Holds against each other what was answered, what is stored, what is shown, what was told and what Facebook took. */
export function checkEvidence(evidence: Evidence): Verdict {
  const verdict = emptyVerdict();
  checkMessages(evidence, { where: 'PostgreSQL', messages: evidence.rows }, verdict);
  checkMessages(evidence, { where: 'REST', messages: evidence.shown }, verdict);
  for (const stream of evidence.streams) checkStream(evidence, stream, verdict);
  checkCalls(evidence, verdict);
  verdict.stuck.push(...evidence.unanswered.map((name) => `${name} was never answered`));
  return verdict;
}

interface Place {
  readonly where: string;
  /** Of a conversation in its order. */
  readonly messages: readonly Stored[];
}

function checkMessages({ posted, sent }: Evidence, { where, messages }: Place, verdict: Verdict): void {
  const known = new Set([...posted, ...sent].map(({ name }) => name));
  const counts = countBy(messages.map(({ name }) => name));
  for (const name of known) if (!counts.has(name)) verdict.lost.push(`${name}: not in ${where}`);
  for (const [name, count] of counts) {
    if (count > 1) verdict.doubled.push(`${name}: ${count} times in ${where}`);
    if (!known.has(name)) verdict.doubled.push(`${name}: in ${where}, and nobody wrote it`);
  }
  const rightMid = new Map(posted.map(({ name, mid }) => [name, mid]));
  const rightId = new Map(sent.map(({ name, id }) => [name, id]));
  for (const { name, id, mid } of messages) {
    const expected = `${rightId.get(name) ?? id} ${rightMid.get(name) ?? String(mid)}`;
    const found = `${id} ${String(mid)}`;
    if (found !== expected) verdict.lost.push(`${name}: is ${found} in ${where}, not ${expected}`);
  }
  verdict.reordered.push(...findBackwards(messages).map((step) => `${step} in ${where}`));
}
