import 'reflect-metadata';
import { createLogger } from '#libs/observability';
import { readStandaloneConfig, runProcess } from '#libs/platform';
import { startStandalone } from './start-standalone.js';

const { config, environment } = readStandaloneConfig();
const logger = createLogger({ app: 'standalone', level: config.logLevel });
await runProcess(logger, (ends) => startStandalone({ config, environment, logger, ...ends }));
