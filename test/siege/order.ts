interface Named {
  readonly conversationId: string;
  readonly name: string;
}

/** Where, within a conversation, a lower number follows a higher one: in words. */
export function findBackwards(messages: readonly Named[]): string[] {
  const last = new Map<string, string>();
  return messages.flatMap(({ conversationId, name }) => {
    const before = last.get(conversationId);
    last.set(conversationId, name);
    return before !== undefined && numberOf(before) > numberOf(name) ? [`${name} after ${before}`] : [];
  });
}

/** `event 12` and `send 12` end with their number. */
function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf(' ') + 1));
}

export function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
