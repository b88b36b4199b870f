import type { Evidence, GraphCall, Stored } from './evidence.js';
import { countBy, findBackwards } from './order.js';
import type { Verdict } from './verdict.js';

const taken = new Set(['sent', 'delivered', 'read']);

/** One accepted call for each message at most, in order; whoever says sent has one, and whoever has one says sent. */
export function checkCalls({ sent, rows, shown, calls }: Evidence, verdict: Verdict): void {
  for (const [name, count] of countBy(calls.map((call) => call.name)))
    if (count > 1) verdict['sent twice'].push(`${name}: ${count} accepted calls`);
  const inOrder = calls.map(({ name, psid }) => ({ name, conversationId: psid }));
  verdict.reordered.push(...findBackwards(inOrder).map((step) => `${step} at Facebook`));
  const callOf = new Map(calls.map((call) => [call.messageId, call]));
  const ids = new Set(sent.map(({ id }) => id));
  for (const [where, messages] of [
    ['PostgreSQL', rows],
    ['REST', shown],
  ] as const) {
    for (const message of messages.filter(({ id }) => ids.has(id)))
      checkState({ message, call: callOf.get(message.id), where }, verdict);
  }
  const known = new Set(rows.map(({ id }) => id));
  for (const { messageId, name } of calls)
    if (!known.has(messageId)) verdict.lost.push(`${name}: Facebook took ${messageId}, and there is no such message`);
}

interface Claim {
  readonly message: Stored;
  readonly call: GraphCall | undefined;
  readonly where: string;
}

/** Without a call `unknown` is the truth: the process died around it. */
function checkState({ message: { name, state, mid }, call, where }: Claim, verdict: Verdict): void {
  if (call === undefined) {
    if (taken.has(state)) verdict.lost.push(`${name}: says ${state} in ${where}, and Facebook never took it`);
    else if (state !== 'unknown') verdict.stuck.push(`${name}: is ${state} in ${where}`);
  } else if (!taken.has(state)) {
    verdict.stuck.push(`${name}: is ${state} in ${where}, and Facebook took it as ${call.mid}`);
  } else if (mid !== call.mid) {
    verdict.lost.push(`${name}: has the mid ${String(mid)} in ${where}, and Facebook gave ${call.mid}`);
  }
}
