import { createTestDatabase } from '#libs/testing';
import { openDataSource } from '../src/data-source.js';
import type { Database } from '../src/database.js';
import { migrate } from '../src/migrate.js';
import { openPgDatabase } from '../src/pg-database.js';

export interface OpenedDatabase {
  readonly url: string;
  readonly database: Database;
  close(): Promise<void>;
}

/** A database of its own with the present schema, opened as the product opens it. */
export async function openMigratedDatabase(poolSize = 4): Promise<OpenedDatabase> {
  const { url, drop } = await createTestDatabase();
  try {
    await migrate(url);
    const database = openPgDatabase(await openDataSource({ url, poolSize }));
    return {
      url,
      database,
      close: async () => {
        await database.close();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
}
