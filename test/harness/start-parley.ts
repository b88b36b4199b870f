import { startBundle, startInVain, type StartedProcess, type Unready } from './start-bundle.js';

export interface ParleySettings {
  readonly home: string;
  readonly apiKey: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly graphUrl: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Default: `standalone`. */
  readonly bundle?: string;
}

/** `standalone` on a free port, with a Facebook app and the simulator as Graph. */
export function startParley(settings: ParleySettings): Promise<StartedProcess> {
  return startBundle(settings.bundle ?? 'standalone', environmentOf(settings));
}

/** For a start that must be refused. */
export function startParleyInVain(settings: ParleySettings): Promise<Unready> {
  return startInVain('standalone', environmentOf(settings));
}

function environmentOf(settings: ParleySettings): NodeJS.ProcessEnv {
  return {
    PARLEY_HOME: settings.home,
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'debug',
    PARLEY_API_KEY: settings.apiKey,
    FACEBOOK_APP_ID: settings.appId,
    FACEBOOK_APP_SECRET: settings.appSecret,
    FACEBOOK_WEBHOOK_SECRET: settings.verifyToken,
    FACEBOOK_GRAPH_URL: settings.graphUrl,
    ...settings.env,
  };
}
