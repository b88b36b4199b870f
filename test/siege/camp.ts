import type { Agents } from './agents.js';
import type { Conditions } from './conditions.js';
import type { Customers } from './customers.js';
import type { EchoNurse } from './echo-nurse.js';
import type { Follower } from './follower.js';
import type { Poster } from './poster.js';
import type { Attack, Besieged } from './form.js';

/** Everybody who takes part. */
export interface Camp {
  readonly besieged: Besieged;
  readonly poster: Poster;
  readonly customers: Customers;
  readonly agents: Agents;
  readonly followers: readonly Follower[];
  readonly attack: Attack;
  readonly nurse: EchoNurse;
  readonly conditions: Conditions;
}
