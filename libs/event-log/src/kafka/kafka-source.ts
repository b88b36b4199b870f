import type { Queryable } from '#libs/database';
import type { Consumer } from '../consuming/consumer-positions.js';
import { passBatch, type BatchPasser } from '../consuming/pass-batch.js';
import type { TopicRange } from '../event-log.js';
import type { Inbox } from '../postgres/inbox.js';
import { misplaced } from '../postgres/open-lanes.js';
import { topicRange } from '../postgres/read-log.js';
import type { LaneSource } from '../postgres/subscriber.js';
import type { KnownEpochs } from './known-epochs.js';
import type { FetchClient } from './fetch-client.js';
import { LanePump } from './lane-pump.js';
import type { PumpWatch } from './watch-pumps.js';
import { recordOf } from './record-message.js';
import { dropRepeats, type Places } from './drop-repeats.js';
import { readKafkaPositions, takeKafkaSteps } from './kafka-positions.js';
import { settleTopic } from './settle-kafka.js';

export interface KafkaSourceOptions {
  readonly passer: Omit<BatchPasser, 'take'>;
  readonly partitions: number;
  /** Of this source alone: a question that waits for records holds up every other one on its connections. */
  readonly client: FetchClient;
  readonly epochs: KnownEpochs;
  readonly topicName: string;
  readonly ensure: () => Promise<void>;
  readonly watch: PumpWatch;
}

/** The records of a group from Kafka; where it stands is in PostgreSQL, in the transactions of its effects. */
export function createKafkaSource(options: KafkaSourceOptions): LaneSource {
  const { passer, client, epochs, topicName, ensure, partitions, watch } = options;
  const { database, consumer } = passer;
  const places: Places = new Map();
  let pump: LanePump | undefined;

  const pass: BatchPasser = {
    ...passer,
    handler: (transaction, records) => {
      const { fresh } = dropRepeats(records, places, epochs.known);
      return fresh.length === 0 ? Promise.resolve() : passer.handler(transaction, fresh);
    },
    take: (transaction, steps, records) => {
      const { next } = dropRepeats(records, places, epochs.known);
      transaction.afterCommit(() => {
        for (const [partition, sequence] of next) places.set(partition, sequence);
      });
      return takeKafkaSteps(transaction, consumer, steps, next);
    },
  };

  return {
    takesHandOver: false,
    open: async (inbox, wanted) => {
      await ensure();
      await openKafkaLanes({ database, consumer, partitions, client, topicName, inbox, places }, wanted);
    },
    read: (inbox) => {
      if (pump === undefined) {
        pump = createInboxPump({ client, topicName, topic: consumer.topic, inbox, partitions });
        watch.begin(`${consumer.group} on ${consumer.topic}`, pump);
      }
      pump.kick();
      return Promise.resolve();
    },
    pass: async (batch) => {
      await epochs.learn(batch);
      await passBatch(pass, batch);
    },
    problems: () => pump?.problems() ?? [],
    unansweredMs: () => pump?.unansweredMs() ?? 0,
    close: async () => {
      if (pump !== undefined) watch.end(pump);
      await (pump ?? client).close();
    },
  };
}

interface Opening {
  readonly database: Queryable;
  readonly consumer: Consumer;
  readonly partitions: number;
  readonly client: FetchClient;
  readonly topicName: string;
  readonly inbox: Inbox;
  readonly places: Places;
}

/** Both places are looked at: that in Kafka and that in the log that is relayed to it. */
async function openKafkaLanes(opening: Opening, wanted: readonly number[]): Promise<void> {
  const { database, consumer, partitions, client, topicName, inbox, places } = opening;
  await settleTopic(database, topicName, await client.topicId(topicName));
  const positions = await readKafkaPositions(database, consumer, wanted);
  const relayed = await topicRange(database, consumer.topic, partitions);
  const kept = await client.range(topicName, partitions);
  for (const partition of wanted) {
    const position = positions.get(partition);
    if (position === undefined)
      throw new Error(`Group ${consumer.group} has no position on ${consumer.topic}/${partition}.`);
    const { sequence, offset = kept.first[partition] ?? 0 } = position;
    const problem = misplacedIn(relayed, partition, sequence) ?? misplacedIn(kept, partition, offset);
    places.set(partition, sequence);
    if (problem === undefined) inbox.open(partition, offset);
    else inbox.stop(partition, `Partition ${partition}: ${problem}`);
  }
}

function misplacedIn({ first, end }: TopicRange, partition: number, position: number): string | undefined {
  return misplaced(position, first[partition] ?? 0, end[partition] ?? 0);
}

interface PumpWanted {
  readonly client: FetchClient;
  readonly topicName: string;
  readonly topic: string;
  readonly inbox: Inbox;
  readonly partitions: number;
}

/** Fills an inbox as far as it has room. A partition whose records are gone is stopped: nothing is ever left out in silence. */
export function createInboxPump({ client, topicName, topic, inbox, partitions }: PumpWanted): LanePump {
  return new LanePump({
    client,
    topic: topicName,
    wanted: () => inbox.wanted,
    take: (lane, fetched) => {
      inbox.fill(
        lane,
        fetched.map((record) => recordOf(topic, lane.partition, record)),
        true,
      );
      inbox.suspectMore();
    },
    outOfRange: async ({ partition, next }) => {
      const problem = misplacedIn(await client.range(topicName, partitions), partition, next);
      if (problem !== undefined) inbox.stop(partition, `Partition ${partition}: ${problem}`);
    },
  });
}
