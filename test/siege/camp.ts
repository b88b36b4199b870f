import type { Product } from '../harness/start-product.js';
import type { Agents } from './agents.js';
import type { Conditions } from './conditions.js';
import type { Customers } from './customers.js';
import type { EchoNurse } from './echo-nurse.js';
import type { Faults } from './faults.js';
import type { Follower } from './follower.js';
import type { Poster } from './poster.js';

/** Everybody who takes part. */
export interface Camp {
  readonly product: Product;
  readonly poster: Poster;
  readonly customers: Customers;
  readonly agents: Agents;
  readonly followers: readonly Follower[];
  readonly faults: Faults;
  readonly nurse: EchoNurse;
  readonly conditions: Conditions;
}
