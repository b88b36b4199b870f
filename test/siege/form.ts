import type { LogLine } from '../harness/log-lines.js';
import type { Agents } from './agents.js';
import type { Customers } from './customers.js';
import type { Dice } from './dice.js';
import type { Posted } from './evidence.js';
import type { Follower } from './follower.js';
import type { Poster } from './poster.js';
import type { Deadlock } from './server-log.js';
import type { Measured, Stronghold } from './stronghold.js';

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
  /** Lines at level error that belong to it. */
  expects(line: LogLine): boolean;
  /** One that it has provoked. */
  expectsDeadlock(deadlock: Deadlock): boolean;
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
