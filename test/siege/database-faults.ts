import { setTimeout as sleep } from 'node:timers/promises';
import { answering, type Battle } from './battle.js';
import { CrowdedDatabase } from './crowded-database.js';
import { DeadlockTrap, type Trapped } from './deadlock-trap.js';
import { countRefusedConnections, readServerLog, type Deadlock } from './server-log.js';

/** What no transaction may let out: it is repeated (libs/database/src/pg-database.ts). */
const deadlockText = 'deadlock detected';

export class DatabaseFaults {
  private readonly trap: DeadlockTrap;
  private crowded: string[] = [];

  constructor(private readonly battle: Battle) {
    this.trap = new DeadlockTrap(battle.fortress.home);
  }

  get lines(): string[] {
    const { victims } = this.trap;
    return [...this.crowded, ...(victims > 0 ? [`deadlock ${victims} transactions of the product were refused`] : [])];
  }

  get complaints(): string[] {
    const told = this.battle.fortress.output.split('\n').filter((line) => line.includes(deadlockText));
    return told.map((line) => `a deadlock was not repeated: ${line}`);
  }

  expects(deadlock: Deadlock): boolean {
    return this.trap.hasLaid(deadlock);
  }

  async stop(ms: number): Promise<number> {
    const { fortress } = this.battle;
    const beAway = async (): Promise<void> => {
      await fortress.stopPostgres();
      await sleep(ms);
    };
    await (ms > 0 ? answering(this.battle, 'PostgreSQL was away', beAway) : beAway());
    await fortress.startPostgres();
    return performance.now();
  }

  /** It refuses connections, and so it is for everybody as if it were away, but for what they have left of theirs. */
  async exhaust(ms: number): Promise<number> {
    const { fortress, complaints } = this.battle;
    const before = countRefusedConnections(readServerLog(fortress.home));
    const crowd = await CrowdedDatabase.open(fortress.home);
    try {
      await answering(this.battle, 'PostgreSQL had no connection left', () => crowd.crowd(ms));
    } finally {
      await crowd.leave();
    }
    const refused = countRefusedConnections(readServerLog(fortress.home)) - before - crowd.refused;
    this.crowded.push(`crowd    ${crowd.taken} connections taken, ${refused} refused to the product`);
    if (refused <= 0) complaints.push('PostgreSQL refused no connection to the product');
    return performance.now();
  }

  deadlock(role: Trapped): Promise<number> {
    return this.trap.catch(role);
  }
}
