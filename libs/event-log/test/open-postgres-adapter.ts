import { openDataSource, openPgDatabase, type Database } from '#libs/database';
import { createTestDatabase } from '#libs/testing';
import type { ContractAdapter } from '../src/contract/contract-adapter.js';
import { openPostgresEventLog } from '../src/postgres/open-postgres-event-log.js';

const partitions = 8;
const leaseMs = 1_500;

/** A database of its own, migrated, with a log that fails over fast. `server`: default is that of this Jest run. */
export async function openPostgresAdapter(server?: string): Promise<ContractAdapter & { readonly url: string }> {
  const { url, drop } = await createTestDatabase(server);
  const dataSource = await openDataSource({ url, poolSize: 4, hasTimeouts: false });
  await dataSource.runMigrations();
  const database = openPgDatabase(dataSource);
  return {
    url,
    database,
    partitions,
    leaseMs,
    open: async (options = { partitions }) => {
      const own = await openPool(url);
      try {
        const log = await openPostgresEventLog({ database: own, leaseMs, ...options });
        return {
          log,
          database: own,
          close: async () => {
            await log.close();
            await own.close();
          },
        };
      } catch (error) {
        await own.close();
        throw error;
      }
    },
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

export async function openPool(url: string): Promise<Database> {
  return openPgDatabase(await openDataSource({ url, poolSize: 6 }));
}
