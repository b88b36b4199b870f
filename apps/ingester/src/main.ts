import 'reflect-metadata';
import { startRole } from '#libs/platform';
import { IngesterModule } from './ingester.module.js';

await startRole('ingester', (platform, connectors, { spool }) => IngesterModule.forRoot(platform, connectors, spool));
