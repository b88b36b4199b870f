/** What the siege looks for, each with its offenders in words. */
export const kinds = ['lost', 'doubled', 'reordered', 'sent twice', 'stuck'] as const;
export type Verdict = Readonly<Record<(typeof kinds)[number], string[]>>;

export function emptyVerdict(): Verdict {
  return { lost: [], doubled: [], reordered: [], 'sent twice': [], stuck: [] };
}

export function isClean(verdict: Verdict): boolean {
  return kinds.every((kind) => verdict[kind].length === 0);
}
