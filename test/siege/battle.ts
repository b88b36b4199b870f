import type { Field } from './form.js';
import type { Fortress, Guard } from './fortress.js';
import type { Recovery } from './recovery.js';

/** What every fault needs. */
export interface Battle {
  readonly fortress: Fortress;
  readonly field: Field;
  readonly recovery: Recovery;
  /** What should have been, and was not. */
  readonly complaints: string[];
}

/** SIGTERM; it has to end well. */
export async function dismiss({ fortress, complaints }: Battle, guard: Guard): Promise<void> {
  const { code, signal } = await fortress.dismiss(guard);
  if (code !== 0) complaints.push(`a ${guard.role} that was told to stop ended with ${code ?? signal}`);
}

/** Nobody who calls may notice it. */
export async function unnoticed({ field, complaints }: Battle, what: string, work: () => Promise<void>): Promise<void> {
  const { poster, agents } = field;
  const before = poster.repeated + agents.repeated;
  await work();
  const again = poster.repeated + agents.repeated - before;
  if (again > 0) complaints.push(`${again} calls had to be made again while ${what}`);
}

/** Webhooks are answered meanwhile, whatever is away. */
export async function answering({ field, complaints }: Battle, what: string, work: () => Promise<void>): Promise<void> {
  const before = field.poster.answered;
  await work();
  if (field.poster.answered === before) complaints.push(`nothing was answered while ${what}`);
}
