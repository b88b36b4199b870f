import { SimulatorClient } from './simulator.client.js';
import { startBundle, type StartedProcess } from './start-bundle.js';

export interface SimulatorSettings {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
}

export interface StartedSimulator {
  readonly process: StartedProcess;
  readonly client: SimulatorClient;
}

/** Facebook, as a process of its own on a free port. */
export async function startSimulator({ appId, appSecret, verifyToken }: SimulatorSettings): Promise<StartedSimulator> {
  const process = await startBundle('simulator', {
    SIMULATOR_PORT: '0',
    SIMULATOR_APP_ID: appId,
    SIMULATOR_APP_SECRET: appSecret,
    FACEBOOK_WEBHOOK_SECRET: verifyToken,
  });
  return { process, client: new SimulatorClient(process.url) };
}
