import { startSimulator } from '../src/start-simulator.js';
import { APP_ID, APP_SECRET, Facebook, VERIFY_TOKEN } from './facebook.js';
import { startReceiver, type Receiver } from './receiver.js';

/** A fake Facebook with an app that listens. */
export interface World {
  readonly facebook: Facebook;
  readonly receiver: Receiver;
  close(): Promise<void>;
}

/** The demo page is subscribed to the fields; without any, no callback URL is set either. */
export async function startWorld(fields?: string): Promise<World> {
  const simulator = await startSimulator({
    appId: APP_ID,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    logLevel: 'silent',
  });
  const receiver = await startReceiver(VERIFY_TOKEN);
  const facebook = new Facebook(simulator.url);
  const close = async (): Promise<void> => {
    await simulator.close();
    await receiver.close();
  };
  if (fields !== undefined) await subscribe({ facebook, receiver }, fields);
  return { facebook, receiver, close };
}

export async function subscribe({ facebook, receiver }: Omit<World, 'close'>, fields: string): Promise<void> {
  await facebook.control('app.subscribe', { callback_url: receiver.url });
  await facebook.post('/me/subscribed_apps', await facebook.pageToken(), { subscribed_fields: fields });
}
