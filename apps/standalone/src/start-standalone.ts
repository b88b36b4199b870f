import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment, StandaloneConfig } from '#libs/config';
import { fileWitness, migrate, startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/database';
import type { Logger } from '#libs/observability';
import { awaitDatabase, type PortDecorators, type RunningProcess } from '#libs/platform';
import { sayWhatRuns } from './demo/say-what-runs.js';
import { startSimulator, type RunningSimulator } from './demo/start-simulator.js';
import { chooseApp } from './home/choose-app.js';
import { freePort } from './home/free-port.js';
import { homeSecret } from './home/home-secret.js';
import { serveEverything } from './serve-everything.js';

export interface StandaloneParts {
  readonly config: StandaloneConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  /** Resolves when the process is told to end. */
  readonly stopAsked: Promise<unknown>;
  /** This process should be replaced. */
  readonly giveUp: (reason: string) => void;
  /** Default: the ports as they are. */
  readonly decorators?: PortDecorators;
}

/**
 * All of Parley in one process, with everything made up that is not configured. What was started ends in reverse order. Null: it
 * was told to end while it waited for a PostgreSQL that is not its own.
 */
export async function startStandalone({
  config,
  environment,
  logger,
  stopAsked,
  giveUp,
  decorators = {},
}: StandaloneParts): Promise<RunningProcess | null> {
  const home = resolve(config.home);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const ends: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const door = await doorOf(config);
    const { databaseUrl } = config;
    if (databaseUrl !== null && !(await awaitDatabase({ databaseUrl, http: door, logger, stopAsked }))) return null;
    const postgres = databaseUrl === null ? await startEmbeddedPostgres({ home, say, isKeptRunning: true }) : null;
    if (postgres !== null) ends.push(() => postgres.stop());
    const app = chooseApp(home, environment);
    const [simulator] = await Promise.all([
      app.isSimulated ? startSimulator(config.simulatorPort, app) : null,
      migrate(databaseUrlOf(config, postgres)),
    ]);
    if (simulator !== null) ends.push(() => simulator.close());
    const served = await serveEverything({
      config,
      door,
      logger,
      databaseUrl: databaseUrlOf(config, postgres),
      isOnlyProcess: postgres !== null,
      witness: fileWitness(join(home, 'database-start')),
      apiKey: config.apiKey ?? homeSecret(home, 'api-key'),
      encryptionKey: () => homeSecret(home, 'encryption-key'),
      environment: withApp(environment, app, simulator),
      decorators,
      onStuck: giveUp,
    });
    ends.push(() => served.close());
    await sayWhatRuns({ say, home, served, simulator, hasOwnKey: config.apiKey === null, app });
    return { url: served.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function doorOf({ http }: StandaloneConfig): Promise<StandaloneConfig['http']> {
  return { ...http, port: http.port === 0 ? await freePort(http.host) : http.port };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function databaseUrlOf(config: StandaloneConfig, postgres: EmbeddedPostgres | null): string {
  return postgres?.url ?? config.databaseUrl ?? '';
}

/** What the channels are configured with: the simulated app where there is no real one. */
function withApp(
  environment: Environment,
  app: ReturnType<typeof chooseApp>,
  simulator: RunningSimulator | null,
): Environment {
  const verifyToken = { FACEBOOK_WEBHOOK_SECRET: app.verifyToken };
  if (simulator === null) return { ...environment, ...verifyToken };
  return {
    ...environment,
    ...verifyToken,
    FACEBOOK_APP_ID: app.appId,
    FACEBOOK_APP_SECRET: app.appSecret,
    FACEBOOK_GRAPH_URL: simulator.url,
  };
}
