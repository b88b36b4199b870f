import 'reflect-metadata';
import { startRole } from '#libs/platform';
import { ProjectorModule } from './projector.module.js';

await startRole('projector', (platform) => ProjectorModule.forRoot(platform));
