import 'reflect-metadata';
import { startRole } from '#libs/platform';
import { ChannelsModule } from './channels.module.js';

await startRole('channels', (platform, connectors) => ChannelsModule.forRoot(platform, connectors));
