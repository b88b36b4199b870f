// A process of the product that can be told to harm itself at a named point. Only the tests have it.
import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { createLogger } from '#libs/observability';
import { readStandaloneConfig, runProcess, startRole, type PortDecorators } from '#libs/platform';
import { ProjectorModule } from '../../apps/projector/src/projector.module.js';
import { SenderModule } from '../../apps/sender/src/sender.module.js';
import { startStandalone } from '../../apps/standalone/src/start-standalone.js';
import { decorateConnector } from './decorate-connector.js';
import { decorateDatabase } from './decorate-database.js';
import { decorateLog } from './decorate-log.js';
import { faultSchema, orderSchema } from './fault.js';
import { Points } from './points.js';

const modules = { projector: ProjectorModule, sender: SenderModule };
const { FAULTY_ROLE = 'standalone', FAULTY_AT = '[]', FAULTY_POINTS = '/dev/null' } = process.env;

const points = new Points(FAULTY_POINTS, (reached) => process.send?.({ reached }));
for (const fault of faultSchema.array().parse(JSON.parse(FAULTY_AT))) points.arm(fault);
process.on('message', (message) => {
  const order = orderSchema.parse(message);
  if ('arm' in order) points.arm(order.arm);
  else points.release(order.release);
  process.send?.({ obeyed: true });
});

const decorators: PortDecorators = {
  database: (database) => decorateDatabase(points, database),
  log: (log) => decorateLog(points, log),
  connector: (connector) => decorateConnector(points, connector),
};

if (FAULTY_ROLE === 'standalone') {
  const { config, environment } = readStandaloneConfig();
  const logger = createLogger({ app: 'standalone', level: config.logLevel });
  await runProcess(logger, (ends) => startStandalone({ config, environment, logger, ...ends, decorators }));
} else {
  const role = FAULTY_ROLE as keyof typeof modules;
  await startRole(role, (platform: DynamicModule) => modules[role].forRoot(platform), decorators);
}
