import type { Camp } from './camp.js';
import { kinds, type Verdict } from './verdict.js';

const offendersShown = 20;

export interface SiegeReport {
  readonly verdict: Verdict;
  /** What may not happen and is none of the five. */
  readonly complaints: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  readonly settledMs: number;
  readonly unknown: number;
  readonly echoesRepeated: number;
  /** Under which it was held, as they were measured. */
  readonly conditions: readonly string[];
  readonly camp: Pick<Camp, 'poster' | 'customers' | 'agents' | 'followers' | 'attack'>;
}

/** The totals, the table, and the offenders by name. */
export function describeSiege(report: SiegeReport): string {
  return `${[...totalsOf(report), '', ...describeVerdict(report.verdict), ...listed('unexpected', report.complaints)].join('\n')}\n`;
}

export function describeVerdict(verdict: Verdict): string[] {
  const table = kinds.map((kind) => `  ${kind.padEnd(10)} ${String(verdict[kind].length).padStart(6)}`);
  return [...table, ...kinds.flatMap((kind) => listed(kind, verdict[kind]))];
}

function listed(kind: string, offenders: readonly string[]): string[] {
  const left = offenders.length - offendersShown;
  return [
    ...offenders.slice(0, offendersShown).map((offender) => `${kind}: ${offender}`),
    ...(left > 0 ? [`${kind}: and ${left} more`] : []),
  ];
}

function totalsOf({ camp, seed, seconds, settledMs, unknown, echoesRepeated, conditions }: SiegeReport): string[] {
  const { poster, customers, agents, followers, attack } = camp;
  const streams = followers.map(({ name, told, connections }) => `${name} ${told.length} (${connections} connections)`);
  return [
    `seed ${seed}, ${seconds.toFixed(0)} s, of which ${(settledMs / 1000).toFixed(0)} s to come to rest`,
    `events   ${customers.posted.length} answered 200 (${poster.answered} bodies, ${poster.repeated} posted again, ${poster.refused} of them after 503; ${customers.redelivered} redelivered)`,
    `sends    ${agents.sent.length} answered 200 (${agents.repeated} called again, ${unknown} unknown, ${echoesRepeated} echoes brought later)`,
    `updates  ${streams.join(', ')}`,
    ...attack.lines,
    ...conditions,
  ];
}
