import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DATABASE, DatabaseModule } from '../src/database.module.js';
import type { Database } from '../src/database.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

let opened: OpenedDatabase;
beforeAll(async () => {
  opened = await openMigratedDatabase();
});
afterAll(() => opened.close());

@Injectable()
class Farewell implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.query(`insert into installation (key, value) values ('farewell', 'written')`);
  }
}

@Module({})
class ShopModule {
  static forRoot(database: DynamicModule): DynamicModule {
    return { module: ShopModule, imports: [database], providers: [Farewell] };
  }
}

@Module({})
class RootModule {
  static forRoot(database: DynamicModule): DynamicModule {
    return { module: RootModule, imports: [database, ShopModule.forRoot(database)] };
  }
}

describe('DatabaseModule', () => {
  it('gives one pool to all that import it, and closes it after every shutdown hook has run', async () => {
    const root = RootModule.forRoot(DatabaseModule.forRoot({ url: opened.url, poolSize: 2 }));
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    const database = app.get<Database>(DATABASE);

    expect(app.get(Farewell, { strict: false }).database).toBe(database);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);

    await app.close();

    await expect(database.query('select 1')).rejects.toThrow('after calling end');
    expect(await opened.database.query(`select value from installation where key = 'farewell'`)).toEqual([
      { value: 'written' },
    ]);
  });
});
