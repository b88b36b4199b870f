import type { ParleyClient } from '../harness/parley.client.js';
import type { SimulatorClient } from '../harness/simulator.client.js';
import type { ConnectedPage } from '../harness/start-product.js';
import type { WebhookClient } from '../harness/webhook.client.js';
import type { Agents } from './agents.js';
import type { Customers } from './customers.js';
import type { Dice } from './dice.js';
import type { Posted } from './evidence.js';
import type { Follower } from './follower.js';
import type { Poster } from './poster.js';

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

/** Who is there while it is attacked. */
export interface Field {
  readonly poster: Poster;
  readonly customers: Customers;
  readonly agents: Agents;
  readonly followers: readonly Follower[];
  readonly dice: Dice;
  readonly say: (line: string) => void;
}

/** Everything that happens to it, one after the other. */
export interface Attack {
  run(): Promise<void>;
  /** Of the report. */
  readonly lines: readonly string[];
  readonly complaints: readonly string[];
}

export interface Measured {
  readonly lines: readonly string[];
  /** What should have been, and was not. */
  readonly complaints: readonly string[];
}

export interface Besieged {
  readonly stronghold: Stronghold;
  attack(field: Field): Attack;
  /** By other means than ours, when all is at rest. */
  secondOpinion(posted: readonly Posted[]): Promise<Measured>;
}

/** One of the forms in which the product is besieged. */
export interface Form {
  /** In words. */
  readonly plan: string;
  /** `environment` goes to every process of Parley. */
  open(environment: NodeJS.ProcessEnv): Promise<Besieged>;
}
