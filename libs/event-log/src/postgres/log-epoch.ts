import { createHash } from 'node:crypto';
import { sqlState, type Queryable } from '#libs/database';

const insufficientPrivilege = '42501';

export interface Epoch {
  readonly read: () => Promise<string>;
  /** It may be another by now. */
  forget(): void;
}

export function createEpoch(database: Queryable, onProblem: (message: string) => void): Epoch {
  let known: Promise<string> | undefined;
  const forget = (): void => {
    known = undefined;
  };
  return {
    forget,
    read: () => {
      known ??= readEpoch(database, onProblem).catch((error: unknown) => {
        forget();
        throw error;
      });
      return known;
    },
  };
}

/**
 * Names this history of the log: the cluster, its timeline (a promotion or a recovery to a point in time begins a new
 * one) and the table (a dump loaded into the same cluster makes a new one).
 */
async function readEpoch(database: Queryable, onProblem: (message: string) => void): Promise<string> {
  const system = await systemIdentifier(database).catch((error: unknown) => {
    if (sqlState(error) !== insufficientPrivilege) throw error;
    onProblem(
      'The database user may not call pg_control_system(): a copy of the whole cluster is not told from its original.',
    );
    return '';
  });
  const [place] = await database.query<{ timeline: string; table: string; database: string }>(
    `select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as timeline, 'log_records'::regclass::oid::text as table,
       (select oid::text from pg_database where datname = current_database()) as database`,
  );
  return createHash('md5')
    .update(JSON.stringify([system, place]))
    .digest('hex');
}

async function systemIdentifier(database: Queryable): Promise<string> {
  const [row] = await database.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
  return row?.id ?? '';
}
