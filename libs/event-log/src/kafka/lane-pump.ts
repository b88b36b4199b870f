import type { KafkaMessage } from 'kafkajs';
import { backOffMs } from '../consuming/back-off.js';
import { describeError } from '../consuming/describe-error.js';
import { groupBy } from '../consuming/group-by.js';
import type { OpenLane } from '../postgres/inbox.js';
import { OutOfRangeError, type FetchClient } from './fetch-client.js';

/** A broker answers as soon as there is a record; a partition that is opened meanwhile waits so long. */
const waitMs = 100;

export interface LanePumpOptions {
  readonly client: FetchClient;
  readonly topic: string;
  /** Before the first question; again and again until it resolves. */
  readonly begin?: () => Promise<void>;
  /** What to read on, and from where; nothing while there is enough. */
  readonly wanted: () => readonly OpenLane[];
  readonly take: (lane: OpenLane, messages: readonly KafkaMessage[]) => void;
  /** There are no records at this place. */
  readonly outOfRange: (lane: OpenLane) => Promise<void>;
}

/** Reads ahead, one question to each leader at a time, until it is closed. */
export class LanePump {
  readonly #options: LanePumpOptions;
  readonly #asked = new Set<string>();
  #isLooking = false;
  #hasBegun: boolean;
  #isClosed = false;
  #failures = 0;
  #problem: string | undefined;

  constructor(options: LanePumpOptions) {
    this.#options = options;
    this.#hasBegun = options.begin === undefined;
  }

  /** Reads what is wanted, unless it does so already. */
  readonly kick = (): void => {
    if (this.#isClosed) return;
    const { client, topic, wanted } = this.#options;
    if (!this.#hasBegun) return void this.#begin();
    for (const [leader, lanes] of groupBy(wanted(), ({ partition }) => client.leaderOf(topic, partition))) {
      if (leader === undefined) void this.#look();
      else if (!this.#asked.has(leader)) void this.#read(leader, lanes);
    }
  };

  /** Why nothing comes. */
  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#options.client.close();
  }

  async #begin(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    await this.#try(async () => {
      await this.#options.begin?.();
      this.#hasBegun = true;
    });
    this.#isLooking = false;
    this.kick();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    await this.#try(() => this.#options.client.findLeaders(this.#options.topic));
    this.#isLooking = false;
    this.kick();
  }

  async #read(leader: string, lanes: readonly OpenLane[]): Promise<void> {
    const { client, topic, take, outOfRange } = this.#options;
    this.#asked.add(leader);
    await this.#try(async () => {
      try {
        for (const { lane, messages } of await client.fetch(leader, topic, lanes, waitMs)) {
          if (!this.#isClosed && messages.length > 0) take(lane, messages);
        }
      } catch (error) {
        if (!(error instanceof OutOfRangeError)) throw error;
        for (const lane of lanes) if (lane.partition === error.partition) await outOfRange(lane);
      }
    });
    this.#asked.delete(leader);
    this.kick();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failures = 0;
      this.#problem = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#problem = `Cannot read Kafka: ${describeError(error)}`;
      await new Promise((resolve) => setTimeout(resolve, this.#isClosed ? 0 : backOffMs(this.#failures)).unref());
    }
  }
}
