// What most benchmarks measure: everything in one process, and a simulated Facebook beside it.
import { facebookApp, key, secret, start } from './support.mjs';

/** The simulated Facebook with our app. */
export function startSimulator() {
  return start('simulator', {
    SIMULATOR_PORT: '0',
    SIMULATOR_APP_ID: facebookApp.FACEBOOK_APP_ID,
    SIMULATOR_APP_SECRET: secret,
    SIMULATOR_LOG_LEVEL: 'silent',
  });
}

/** Everything in one process, on the simulated Facebook. */
export function startStandalone(simulator, home, { metricsPort = 0 } = {}) {
  return start('standalone', {
    ...facebookApp,
    PARLEY_HOME: home,
    PORT: '0',
    METRICS_PORT: String(metricsPort),
    PARLEY_API_KEY: key,
    LOG_LEVEL: 'warn',
    FACEBOOK_GRAPH_URL: simulator.url,
  });
}
