import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { channelDefinitions } from '#libs/channels/all';
import { migrate } from '#libs/database';
import { createHttpApplication } from '#libs/http';
import { createLogger } from '#libs/observability';
import { PlatformModule } from '#libs/platform';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { documentText, operationsOf, type ApiDocument } from '../../../test/harness/openapi/api-document.js';
import { StandaloneModule } from '../src/standalone.module.js';
import { mountedRoutes } from './mounted-routes.js';

const connectors = channelDefinitions
  .map((definition) => definition.configure({}))
  .flatMap((configured) => (configured.ok ? [configured.connector] : []));

describe('the API description', () => {
  let database: TestDatabase;
  let application: NestFastifyApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    const logger = createLogger({ app: 'test', destination: { write: () => undefined } });
    const platform = PlatformModule.forRoot({
      logger,
      databaseUrl: database.url,
      poolSize: 6,
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1) }],
      connectors,
      publicUrl: 'https://parley.example',
      apiKey: null,
    });
    const spool = { directory: '', maxBytes: 0 };
    application = await createHttpApplication(StandaloneModule.forRoot(platform, connectors, spool), { logger });
    await application.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await application.close();
    await database.drop();
  });

  it('has what the router has, and nothing else', () => {
    const described = operationsOf(JSON.parse(documentText) as ApiDocument).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(mountedRoutes(application).toSorted()).toEqual(described.toSorted());
  });
});
