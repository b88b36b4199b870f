import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { freePort } from '../harness/free-port.js';
import { image, isContained, layOut, layOutInVain, removeContainers, runImage, startImage } from './run-image.js';

/** What each of them has besides its health: how it answers for the reference of the API, and what it keeps on its volume. */
const roles = [
  { role: 'ingester', reference: 404, keeps: ['spool'] },
  { role: 'projector', reference: 404, keeps: [] },
  { role: 'channels', reference: 200, keeps: [] },
  { role: 'sender', reference: 404, keeps: [] },
];
const referenceFiles = ['openapi.json', 'docs/swagger-ui.css', 'docs/swagger-ui-bundle.js'];

async function imageMajor(): Promise<number> {
  const module = '../../tools/setup/image-node.mjs';
  return ((await import(module)) as { imageMajor: number }).imageMajor;
}

/** No engine runs here: the images' own content, command, account and environment are taken from what builds them. */
describe(`what an image starts (${isContained ? 'no root, nothing writable but the volume' : 'as this user'})`, () => {
  let database: TestDatabase;

  const environment = (): NodeJS.ProcessEnv => ({
    DATABASE_URL: database.url,
    PARLEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
  });

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await removeContainers();
    await database.drop();
  });

  it('comes from a plain image of the Node that is tested too, and is nobody privileged', async () => {
    const base = `node:${await imageMajor()}-slim`;
    expect(image.bases).toEqual([base, base]);
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(image.env['HOST']).toBe('0.0.0.0');
  });

  it('migrates, and a second time does nothing', async () => {
    const app = await layOut('migrate');
    expect(await runImage(app, image.command, environment())).toMatchObject({
      code: 0,
      output: expect.stringContaining('CreateEventLog') as string,
    });
    expect(await runImage(app, image.command, environment())).toMatchObject({
      code: 0,
      output: expect.stringContaining('up to date') as string,
    });
    expect(await runImage(app, ['node', 'dead-letters.mjs', 'list'], environment())).toMatchObject({ code: 0 });
  }, 60_000);

  it.each(roles)(
    'starts as $role, is ready, says so and ends when it is asked to',
    async (expected) => {
      const app = await layOut(expected.role);
      const container = await startImage(app, environment());
      expect(await container.exec('node', 'health.mjs')).toEqual({ code: 0, output: '' });
      for (const path of referenceFiles)
        expect((await fetch(`${container.url}/${path}`)).status).toBe(expected.reference);
      expect(readdirSync(container.volume)).toEqual(expected.keeps);
      expect(await container.stop()).toMatchObject({ code: 0 });
      expect((await container.exec('node', 'health.mjs')).code).toBe(1);
    },
    60_000,
  );

  it('is a standalone with its own PostgreSQL on its volume', async () => {
    const container = await startImage(await layOut('standalone'), { SIMULATOR_PORT: '0' });
    expect(existsSync(`${container.volume}/api-key`)).toBe(true);
    expect(await container.stop()).toMatchObject({ code: 0 });
  }, 60_000);

  it('has what it takes to trace', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: nobody };
    const container = await startImage(await layOut('sender'), { ...environment(), ...tracing });
    expect(await container.stop()).toMatchObject({ code: 0 });
  }, 60_000);

  it('holds the bundles and nothing else', async () => {
    const app = await layOut('sender');
    expect(readdirSync(app).sort()).toEqual([
      ...['dead-letters.mjs', 'dist', 'health.mjs', 'migrate.mjs', 'package.json', 'recover.mjs', 'start.mjs'],
    ]);
    expect(readFileSync(`${app}/package.json`, 'utf8')).not.toContain('ependencies');
  }, 30_000);

  it('is refused for an app that is none', async () => {
    const { code, output } = await layOutInVain('everything');
    expect(code).toBe(1);
    expect(output).toContain('--build-arg APP=<ingester|');
  });
});
