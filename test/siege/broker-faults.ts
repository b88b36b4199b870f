import { setTimeout as sleep } from 'node:timers/promises';
import { leaderOf } from '../../libs/event-log/test/leader-of.js';
import { answering, type Battle } from './battle.js';
import type { TestCluster } from '../harness/test-cluster.js';
import type { Slowness } from './slowness.js';

const allBrokers = [1, 2, 3];
const partitions = 8;
/** A tenth of a core. Its session of 1.5 s lives on its heartbeats (tools/kafka/cluster.mjs). */
const frozenMs = 270;
const awakeMs = 30;
/** With which it is compared. */
const calmMs = 3_000;

export class BrokerFaults {
  /** Of a broker that was killed. */
  private returning: Promise<void> = Promise.resolve();

  constructor(
    private readonly battle: Battle,
    private readonly slowness: Slowness,
  ) {}

  /** It begins to come back when the others have done without it. */
  async killLeader(): Promise<number> {
    await this.returning;
    const leader = await this.drawLeader();
    const killedAt = performance.now();
    await this.cluster.kill(leader);
    await this.battle.recovery.wait(`killed broker ${leader}`, killedAt);
    this.returning = this.cluster.start(leader);
    return performance.now();
  }

  async killAll(ms: number): Promise<number> {
    await this.returning;
    await answering(this.battle, 'all brokers were away', async () => {
      await this.cluster.kill(allBrokers);
      await sleep(ms);
    });
    await this.cluster.start(allBrokers);
    return performance.now();
  }

  /** It leads, is waited for by whoever writes, and stands still most of the time. */
  async slowDown(ms: number): Promise<number> {
    await this.returning;
    const leader = await this.drawLeader();
    await this.slowness.slow(() => this.freezeInSlices(leader, ms));
    const from = performance.now();
    await this.battle.recovery.wait(`broker ${leader} was slow`, from);
    await this.slowness.calm(() => sleep(calmMs));
    return performance.now();
  }

  /** Until all are there. */
  async rest(): Promise<void> {
    await this.returning;
  }

  private async freezeInSlices(broker: number, ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (performance.now() < until) {
      await this.cluster.freeze(broker);
      await sleep(frozenMs);
      await this.cluster.thaw(broker);
      await sleep(awakeMs);
    }
  }

  private drawLeader(): Promise<number> {
    return leaderOf(this.cluster.brokers, 'parley.channel.events', this.battle.field.dice.below(partitions));
  }

  private get cluster(): TestCluster {
    return this.battle.fortress.cluster;
  }
}
