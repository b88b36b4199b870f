import type { Environment } from '#libs/config';
import type { SimulatedApp } from '../demo/start-simulator.js';
import { homeSecret } from './home-secret.js';

export interface ChosenApp extends SimulatedApp {
  readonly isSimulated: boolean;
  /** The verify token was made up here and must be told to whoever sets up the webhook. */
  readonly hasMadeUpToken: boolean;
}

const simulatedAppId = '290000000000001';

/** Without a Facebook app the simulator stands in, with an app of its own. */
export function chooseApp(home: string, environment: Environment): ChosenApp {
  const {
    FACEBOOK_APP_ID: appId = '',
    FACEBOOK_APP_SECRET: appSecret = '',
    FACEBOOK_WEBHOOK_SECRET: token = '',
  } = environment;
  const hasMadeUpToken = token === '';
  const verifyToken = hasMadeUpToken ? homeSecret(home, 'webhook-secret') : token;
  if (appId !== '') return { appId, appSecret, verifyToken, isSimulated: false, hasMadeUpToken };
  return {
    appId: simulatedAppId,
    appSecret: homeSecret(home, 'simulator-app-secret'),
    verifyToken,
    isSimulated: true,
    hasMadeUpToken,
  };
}
