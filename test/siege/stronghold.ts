import type { ParleyClient } from '../harness/parley.client.js';
import type { SimulatorClient } from '../harness/simulator.client.js';
import type { ConnectedPage } from '../harness/start-product.js';
import type { WebhookClient } from '../harness/webhook.client.js';

/** What is besieged, in whatever form: all that its clients and the checker know of it. */
export interface Stronghold {
  readonly settings: { readonly appId: string; readonly appSecret: string };
  /** Of its database: test/harness/embedded-database.ts. */
  readonly home: string;
  readonly facebook: SimulatorClient;
  /** Throws when there is nobody to call; so does `webhookUrl`. */
  readonly client: ParleyClient;
  readonly webhooks: WebhookClient;
  readonly webhookUrl: string;
  /** What it consists of; more processes lie below them. */
  readonly pids: readonly number[];
  /** Everything that it has printed, over all its starts. */
  readonly output: string;
  connectPage(): Promise<ConnectedPage>;
}

export interface Measured {
  readonly lines: readonly string[];
  /** What should have been, and was not. */
  readonly complaints: readonly string[];
}
