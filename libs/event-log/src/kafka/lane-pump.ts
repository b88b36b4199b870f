import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs } from '../consuming/back-off.js';
import { describeError } from '../consuming/describe-error.js';
import { groupBy } from '../consuming/group-by.js';
import type { OpenLane } from '../postgres/inbox.js';
import { OutOfRangeError, type FetchClient } from './fetch-client.js';
import { isAnswer } from './kafka-refusal.js';
import type { FetchedRecord } from './protocol/read-record-batches.js';
import { Unanswered } from './unanswered.js';

/** A broker answers as soon as there is a record; a partition that is opened meanwhile waits so long. */
const waitMs = 100;
/**
 * Questions to a leader follow one another at most this often. Each wakes three processes, however few records it brings: at 1,000
 * messages a second all of them together take 1.44 ms of CPU a message with this and 1.76 without (docs/performance.md).
 */
const paceMs = 5;
/** Every question has a deadline of its own, before this. */
const saysSoAfterMs = 5_000;

export interface LanePumpOptions {
  readonly client: FetchClient;
  readonly topic: string;
  /** Before the first question; again and again until it resolves. */
  readonly begin?: () => Promise<void>;
  /** What to read on, and from where; nothing while there is enough. */
  readonly wanted: () => readonly OpenLane[];
  readonly take: (lane: OpenLane, records: readonly FetchedRecord[]) => void;
  /** There are no records at this place. */
  readonly outOfRange: (lane: OpenLane) => Promise<void>;
}

/** A partition, or what comes before all of them. */
type Asked = number | 'begin' | 'leaders';

/** Reads ahead, one question to each leader at a time, until it is closed. */
export class LanePump {
  readonly #options: LanePumpOptions;
  readonly #asking = new Set<string>();
  readonly #unanswered = new Unanswered<Asked>();
  /** Why nothing comes of a partition, or of any. */
  readonly #problems = new Map<Asked, string>();
  #isLooking = false;
  #hasBegun: boolean;
  #isClosed = false;
  #failures = 0;

  constructor(options: LanePumpOptions) {
    this.#options = options;
    this.#hasBegun = options.begin === undefined;
  }

  /** Reads what is wanted, unless it does so already. */
  readonly kick = (): void => {
    if (this.#isClosed) return;
    const { client, topic } = this.#options;
    if (!this.#hasBegun) return void this.#begin();
    for (const [leader, lanes] of groupBy(this.#wanted(), ({ partition }) => client.leaderOf(topic, partition))) {
      if (leader === undefined) void this.#look();
      else if (!this.#asking.has(leader)) void this.#read(leader, lanes);
    }
  };

  /** Why nothing comes. */
  problems(): readonly string[] {
    const told = [...new Set(this.#problems.values())];
    if (told.length > 0 || this.unansweredMs() < saysSoAfterMs) return told;
    return [`Cannot read Kafka: nothing was answered for ${Math.round(this.unansweredMs() / 1_000)} s`];
  }

  readonly unansweredMs = (): number => (this.#isClosed ? 0 : this.#unanswered.forMs);

  /** What has waited longest for an answer, asked by another client. */
  readonly askAnew = async (client: FetchClient): Promise<void> => {
    const { topic, wanted } = this.#options;
    await client.findLeaders(topic);
    const lane = wanted().find(({ partition }) => partition === this.#unanswered.oldest);
    if (lane === undefined) return;
    const leader = client.leaderOf(topic, lane.partition);
    if (leader === undefined) throw new Error(`Nobody leads ${topic}/${lane.partition} in Kafka.`);
    await client.fetch(leader, topic, [lane], waitMs);
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#options.client.close();
  }

  #wanted(): readonly OpenLane[] {
    const lanes = this.#options.wanted();
    const partitions = new Set(lanes.map(({ partition }) => partition));
    const known = [...this.#unanswered.names, ...this.#problems.keys()];
    this.#settle(known.filter((name) => typeof name === 'number' && !partitions.has(name)));
    for (const partition of partitions) this.#unanswered.ask(partition);
    return lanes;
  }

  async #begin(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#unanswered.ask('begin');
    await this.#try(['begin'], async () => {
      await this.#options.begin?.();
      this.#hasBegun = true;
    });
    this.#isLooking = false;
    this.kick();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { client, topic, wanted } = this.#options;
    await this.#try(['leaders'], async () => {
      await client.findLeaders(topic);
      const without = wanted().filter(({ partition }) => client.leaderOf(topic, partition) === undefined);
      if (without.length > 0) throw new Error(`nobody leads some of the partitions of ${topic}`);
    });
    this.#isLooking = false;
    this.kick();
  }

  async #read(leader: string, lanes: readonly OpenLane[]): Promise<void> {
    const { client, topic, take, outOfRange } = this.#options;
    this.#asking.add(leader);
    const paced = delay(paceMs);
    const partitions = lanes.map(({ partition }) => partition);
    await this.#try(partitions, async () => {
      try {
        for (const { lane, records } of await client.fetch(leader, topic, lanes, waitMs)) {
          if (!this.#isClosed && records.length > 0) take(lane, records);
        }
      } catch (error) {
        if (!(error instanceof OutOfRangeError)) throw error;
        for (const lane of lanes) if (lane.partition === error.partition) await outOfRange(lane);
      }
    });
    await paced;
    this.#asking.delete(leader);
    this.kick();
  }

  async #try(names: readonly Asked[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failures = 0;
      this.#settle(names);
    } catch (error) {
      this.#failures += 1;
      for (const name of names) this.#problems.set(name, `Cannot read Kafka: ${describeError(error)}`);
      if (isAnswer(error)) this.#heard(names);
      await new Promise((resolve) => setTimeout(resolve, this.#isClosed ? 0 : backOffMs(this.#failures)).unref());
    }
  }

  #settle(names: readonly Asked[]): void {
    for (const name of names) this.#problems.delete(name);
    this.#heard(names);
  }

  #heard(names: readonly Asked[]): void {
    for (const name of names) this.#unanswered.answer(name);
  }
}
