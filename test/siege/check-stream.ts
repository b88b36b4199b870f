import { openingWords, type Evidence, type Told, type ToldBy } from './evidence.js';
import { countBy, findBackwards } from './order.js';
import type { Verdict } from './verdict.js';

/** A message as a stream told it. */
interface ToldMessage extends Told {
  readonly messageId: string;
  readonly version: number;
  readonly name: string;
}

/** Each message created once, in the order of its conversation; each of its versions told, one after the other. */
export function checkStream(evidence: Evidence, { name: stream, told }: ToldBy, verdict: Verdict): void {
  const fresh = withoutRepeats(told);
  const messages = fresh.filter(isOfMessage).filter(({ name }) => name !== openingWords);
  const created = messages.filter(({ type }) => type === 'message.created');
  const counts = countBy(created.map(({ name }) => name));
  for (const { name } of [...evidence.posted, ...evidence.sent])
    if (!counts.has(name)) verdict.lost.push(`${name}: not on the ${stream}`);
  for (const [name, count] of counts) if (count > 1) verdict.doubled.push(`${name}: ${count} times on the ${stream}`);
  verdict.reordered.push(...findBackwards(created).map((step) => `${step} on the ${stream}`));
  checkConversations(fresh, stream, verdict);
  checkVersions(evidence, { stream, messages }, verdict);
}

/** What is seen again with its id is the same update. */
function withoutRepeats(told: readonly Told[]): Told[] {
  const first = new Map<string, Told>();
  for (const update of told) if (!first.has(update.id)) first.set(update.id, update);
  return [...first.values()];
}

function isOfMessage(told: Told): told is ToldMessage {
  return told.messageId !== undefined;
}

function checkConversations(fresh: readonly Told[], stream: string, verdict: Verdict): void {
  const begun = new Set<string>();
  for (const { type, conversationId } of fresh) {
    if (type === 'conversation.created') {
      if (begun.has(conversationId)) verdict.doubled.push(`conversation ${conversationId}: twice on the ${stream}`);
      begun.add(conversationId);
    } else if (conversationId !== '' && !begun.has(conversationId)) {
      verdict.reordered.push(`${type} before its conversation ${conversationId} on the ${stream}`);
      begun.add(conversationId);
    }
  }
}

function checkVersions(
  { rows }: Evidence,
  { stream, messages }: { readonly stream: string; readonly messages: readonly ToldMessage[] },
  verdict: Verdict,
): void {
  const last = new Map<string, number>();
  for (const message of messages) {
    const before = last.get(message.messageId) ?? 0;
    last.set(message.messageId, Math.max(before, message.version));
    checkStep(message, { before, stream }, verdict);
  }
  for (const { id, version, name } of rows) {
    const told = last.get(id) ?? version;
    if (told !== version) verdict.lost.push(`${name}: is at version ${version}, and the ${stream} told up to ${told}`);
  }
}

function checkStep(
  { version, name, type }: ToldMessage,
  { before, stream }: { readonly before: number; readonly stream: string },
  verdict: Verdict,
): void {
  const step = `${name}: version ${version} after ${before} on the ${stream}`;
  if (before === 0 && type !== 'message.created') verdict.reordered.push(`${name}: ${type} first on the ${stream}`);
  if (version === before) verdict.doubled.push(step);
  if (version < before) verdict.reordered.push(step);
  if (version > before + 1) verdict.lost.push(step);
}
