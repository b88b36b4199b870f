import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type DatabaseOptions } from './data-source.js';
import type { Database } from './database.js';
import { openPgDatabase } from './pg-database.js';

/** Provides the process's one `Database`. */
export const DATABASE = Symbol('DATABASE');

/**
 * Import what `forRoot` answers wherever DATABASE is injected: the same object is the same pool. It is closed by TypeORM's
 * own module, which Nest shuts down after all others (global modules come last), so that every hook may still write.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(options), retryAttempts: 10, retryDelay: 1_000 })],
      providers: [
        {
          provide: DATABASE,
          inject: [DataSource],
          useFactory: (dataSource: DataSource): Database => openPgDatabase(dataSource),
        },
      ],
      exports: [DATABASE],
    };
  }
}
