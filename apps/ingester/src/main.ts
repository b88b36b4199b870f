import 'reflect-metadata';
import { startRole } from '#libs/platform';
import { IngesterModule } from './ingester.module.js';
import { keepEarly } from './webhooks/keep-early.js';

await startRole(
  'ingester',
  (platform, connectors, { spool }) => IngesterModule.forRoot(platform, connectors, spool),
  undefined,
  (connectors, { spool }, logger) => keepEarly(connectors, spool, logger),
);
