import type { NewRecord } from '../event-log.js';

/** What this version writes and reads; records carry it in the header `schema-version`. Additive within a major version. */
export const schemaVersion = '1.0';

const ourMajor = majorOf(schemaVersion);

/** False for a record that only a newer Parley understands. */
export function isReadable({ headers }: Pick<NewRecord, 'headers'>): boolean {
  return !(majorOf(headers['schema-version'] ?? schemaVersion) > ourMajor);
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
