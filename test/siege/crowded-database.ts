import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Transaction } from '#libs/database';
import { openEmbeddedDatabase } from '../harness/embedded-database.js';
import { only, present } from '../harness/only.js';

/** More than any PostgreSQL of a test lets in. */
const poolSize = 500;
const againMs = 200;
/** So many connections are asked for at a time. */
const rush = 12;
/** They are thrown out again until so few come back. */
const mayStay = 3;
const rounds = 20;

interface Seat {
  readonly pid: number;
  readonly transaction: Transaction;
}

/** Takes every connection that PostgreSQL gives, so that it refuses whoever comes. */
export class CrowdedDatabase {
  private readonly seats: Seat[] = [];
  private leaveAll: () => void = () => undefined;
  private readonly left = new Promise<void>((resolve) => {
    this.leaveAll = resolve;
  });
  /** Of us, for there was none left. */
  refused = 0;

  private constructor(private readonly database: Database) {}

  static async open(home: string): Promise<CrowdedDatabase> {
    return new CrowdedDatabase(await openEmbeddedDatabase(home, { poolSize, hasTimeouts: false }));
  }

  get taken(): number {
    return this.seats.length;
  }

  /** Everybody else is thrown out, and finds no room when they come back. */
  async crowd(ms: number): Promise<void> {
    const until = performance.now() + ms;
    await this.fill();
    for (let round = 0; round < rounds && (await this.throwOthersOut()) > mayStay; round += 1) await this.fill();
    while (performance.now() < until) {
      await this.fill();
      await sleep(againMs);
    }
  }

  async leave(): Promise<void> {
    this.leaveAll();
    await this.database.close();
  }

  /** Many at a time: others come back at the same time. */
  private async fill(): Promise<void> {
    for (let seats = rush; seats > 0;) {
      const satDown = await Promise.all(Array.from({ length: rush }, () => this.sitDown()));
      seats = satDown.filter(Boolean).length;
      this.refused += rush - seats;
    }
  }

  /** False: there is no room. */
  private sitDown(): Promise<boolean> {
    return new Promise((resolve) => {
      const sit = async (transaction: Transaction): Promise<void> => {
        const { pid } = only(await transaction.query<{ pid: number }>('select pg_backend_pid() as pid'));
        this.seats.push({ pid, transaction });
        resolve(true);
        await this.left;
      };
      this.database.transaction(sit).catch(() => {
        resolve(false);
      });
    });
  }

  /** Answers how many they were. */
  private async throwOthersOut(): Promise<number> {
    const { transaction } = present(this.seats[0], 'a connection');
    const thrown = await transaction.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where backend_type = 'client backend' and pid <> all($1::integer[])`,
      [this.seats.map(({ pid }) => pid)],
    );
    return thrown.length;
  }
}
