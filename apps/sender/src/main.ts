import 'reflect-metadata';
import { startRole } from '#libs/platform';
import { SenderModule } from './sender.module.js';

await startRole('sender', (platform) => SenderModule.forRoot(platform));
