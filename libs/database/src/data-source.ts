import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { entities } from './entities/entities.js';
import { openHistory, type History, type Witness } from './history/history.js';
import { migrations } from './migrations/migrations.js';

/** One frozen process never stops the others for longer than this. Migrations run without. */
const timeouts = '-c lock_timeout=1250 -c statement_timeout=3000 -c idle_in_transaction_session_timeout=2000';
/**
 * What stands on a hot path is asked by key. A plan that was made while a table was small, and kept by a prepared statement,
 * must be right when it is large: nested loops over indexes, never a whole table.
 */
const plans =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Default true; false for migrations. */
  readonly hasTimeouts?: boolean;
  /** Default: in memory, so that only a process that outlives its server sees its data go back. */
  readonly witness?: Witness;
}

export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  const { url, poolSize, hasTimeouts = true, witness } = options;
  const history = openHistory(witness);
  return {
    type: 'postgres',
    // the same copy that we import: TypeORM would look for one of its own at run time, past the bundle
    driver: pg,
    url,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    extra: {
      max: poolSize,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // what is not awaited goes out at once: an append and its COMMIT are one round trip
      pipeline: true,
      types: { getTypeParser },
      history,
      onConnect: history.onConnect,
      // the server's time-outs do not help when the network swallows everything
      ...(hasTimeouts ? { options: `${timeouts} ${plans}`, query_timeout: 6_000 } : {}),
    },
  };
}

export async function openDataSource(options: DatabaseOptions): Promise<DataSource> {
  return new DataSource(dataSourceOptions(options)).initialize();
}

/** Of the pool that was opened with these options. */
export function historyOf(pool: pg.Pool): History {
  const { history } = pool.options as { readonly history?: History };
  if (history === undefined) throw new Error('The pool was not opened by our options.');
  return history;
}

const int8Oid: number = pg.types.builtins.INT8;

/** bigint as number: our offsets, epochs and counts stay far below 2^53. */
function getTypeParser(oid: number, format: 'text' | 'binary' = 'text'): unknown {
  const parserOf = pg.types.getTypeParser as (oid: number, format: string) => unknown;
  return oid === int8Oid && format === 'text' ? Number : parserOf(oid, format);
}
