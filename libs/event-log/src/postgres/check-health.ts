import type { Queryable } from '#libs/database';
import { describeError } from '../consuming/describe-error.js';

export interface Health {
  readonly ok: boolean;
  readonly reason?: string;
}

export function toHealth(problems: readonly string[]): Health {
  return problems.length === 0 ? { ok: true } : { ok: false, reason: problems.join('; ') };
}

/** Whether an append could be written now. */
export async function checkHealth(database: Queryable): Promise<Health> {
  try {
    const [row] = await database.query<{ mode: string }>(`select current_setting('transaction_read_only') as mode`);
    return toHealth(row?.mode === 'off' ? [] : ['PostgreSQL is read-only: this is not the primary server.']);
  } catch (error) {
    return toHealth([`PostgreSQL does not answer: ${describeError(error)}`]);
  }
}
