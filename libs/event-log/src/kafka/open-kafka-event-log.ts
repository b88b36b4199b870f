import { deadLetterSuffix } from '../consuming/dead-letter.js';
import { describeError } from '../consuming/describe-error.js';
import type { EventLog, NewRecord, Subscription } from '../event-log.js';
import { toHealth } from '../postgres/check-health.js';
import { HandOver } from '../postgres/hand-over.js';
import { tellDeadLetter } from '../postgres/log-context.js';
import { createLogReaders, type ReaderDoors, type WantedSubscription } from '../postgres/log-readers.js';
import {
  assembleLog,
  openLogParts,
  type LogParts,
  type PostgresEventLogOptions,
} from '../postgres/open-postgres-event-log.js';
import { openSubscription } from '../postgres/open-subscription.js';
import { FetchClient } from './fetch-client.js';
import { createKafkaSender } from './kafka-sender.js';
import { kafkaConfigOf, openKafka, type KafkaSettings } from './kafka-settings.js';
import { createKafkaSource } from './kafka-source.js';
import { openKafkaTail, openRelayedTail } from './kafka-tail.js';
import { createKafkaTopics } from './kafka-topics.js';
import { createKafkaWriter, type KafkaWriter } from './kafka-writer.js';
import { KnownEpochs } from './known-epochs.js';
import { kafkaLag, readKafkaRange } from './read-kafka.js';
import { relayGroup } from './relay.js';
import { createRelays } from './relays.js';
import { settleCluster } from './settle-kafka.js';
import { createPumpWatch, type PumpWatch } from './watch-pumps.js';
import { createWatchdog, type Watchdog } from './watchdog.js';
import { within } from './within.js';
import { WrongKafkaError } from './wrong-kafka-error.js';

/** A scrape of the metrics answers after 1.5 s with what it has. */
const lagWithinMs = 500;
/** Kafka moves a leader within seconds, and we connect anew every few: what lasts longer passes not by itself. */
const defaultStuckAfterMs = 60_000;
/** Readiness is told within a second. */
const pingWithinMs = 600;

export interface KafkaEventLogOptions extends Omit<PostgresEventLogOptions, 'onAppended'> {
  readonly kafka: KafkaSettings;
  /** Made and checked at the start, and relayed. */
  readonly topics: readonly string[];
  /** Of which every record is appended in a transaction: they are read where they are written. Dead letters always are. */
  readonly isTransactional: (topic: string) => boolean;
  /** False: others copy what is appended in transactions to Kafka. Default true. */
  readonly relays?: boolean;
  /** A process that appends in transactions, and does not wait for their records, is well while PostgreSQL is. */
  readonly isOfUseWithoutKafka?: boolean;
  readonly onAppended?: (records: readonly NewRecord[]) => void;
  /** Kafka answers others for so long, and not this process: `onStuck`. Default 60,000. */
  readonly stuckAfterMs?: number;
  /** Told once: only another process helps. */
  readonly onStuck?: (reason: string) => void;
}

/** What the parts of the opened log share. */
interface KafkaContext {
  readonly parts: LogParts;
  readonly settings: KafkaSettings;
  readonly nameOf: (topic: string) => string;
  readonly ensure: (topic: string) => Promise<void>;
  readonly isInPostgres: (topic: string) => boolean;
  readonly handOver: HandOver;
  readonly epochs: KnownEpochs;
  readonly watch: PumpWatch;
}

/** On a schema that was migrated. Rejects when Kafka is there and not as it must be; while it is away, it is waited for. */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const { kafka: settings, topics, isTransactional, relays: isRelaying = true, onAppended = ignore } = options;
  const handOver = new HandOver();
  let startRelays: (topics: readonly string[]) => void = ignore;
  const parts = await openLogParts({
    ...options,
    onAppended: (records) => {
      handOver.offer(records);
      startRelays(records.map(({ topic }) => topic).filter((topic) => !topic.endsWith(deadLetterSuffix)));
      onAppended(records);
    },
  });
  const { context } = parts;
  const nameOf = (topic: string): string => `${settings.topicPrefix}${topic}`;
  const kept = createKafkaTopics({
    ...{ kafka: openKafka(settings), settings, partitions: context.partitions },
    settleCluster: (clusterId) => settleCluster(context.database, clusterId),
    warn: context.onProblem,
  });
  const ensure = (topic: string): Promise<void> => kept.ensure([nameOf(topic)]);
  await kept.ensure(topics.map(nameOf)).catch(async (error: unknown) => {
    if (error instanceof WrongKafkaError) {
      await parts.notifier.close();
      throw error;
    }
    context.onProblem('Kafka is not there yet', error);
  });
  const { stuckAfterMs = defaultStuckAfterMs, onStuck = ignore } = options;
  const watchdog = createWatchdog({ stuckAfterMs, onStuck });
  const { appendIn } = parts.writer;
  const relays = createRelays({ context, config: kafkaConfigOf(settings), nameOf, ensure, appendIn, watchdog });
  if (isRelaying) {
    startRelays = (started) => {
      relays.start(started);
    };
    relays.start(topics);
  }
  const isInPostgres = (topic: string): boolean => topic.endsWith(deadLetterSuffix) || isTransactional(topic);
  const epochs = new KnownEpochs(context.database);
  const watch = createPumpWatch(watchdog, kafkaConfigOf(settings));
  const shared = { parts, settings, nameOf, ensure, isInPostgres, handOver, epochs, watch };
  const { isOfUseWithoutKafka = false } = options;
  return assembleKafkaLog(shared, { relays, onAppended, isOfUseWithoutKafka, watchdog });
}

interface Rest {
  readonly relays: ReturnType<typeof createRelays>;
  readonly onAppended: (records: readonly NewRecord[]) => void;
  readonly isOfUseWithoutKafka: boolean;
  readonly watchdog: Watchdog;
}

function assembleKafkaLog(shared: KafkaContext, { relays, onAppended, isOfUseWithoutKafka, watchdog }: Rest): EventLog {
  const { parts, settings, nameOf, isInPostgres, ensure } = shared;
  const { database, partitions } = parts.context;
  const postgres = assembleLog(parts);
  const client = new FetchClient(kafkaConfigOf(settings));
  const sender = createKafkaSender(kafkaConfigOf(settings));
  const writer = createKafkaWriter({ sender, partitions, nameOf, ensure });
  const readers = createLogReaders(doorsOf(shared));
  let isClosed = false;
  const append = appendThrough({ writer, postgres, isInPostgres, onAppended });
  return {
    ...postgres,
    append: (records) => (isClosed ? Promise.reject(new Error('The log is closed.')) : append(records)),
    subscribe: readers.subscribe,
    tail: readers.tail,
    read: async (range) => {
      if (isInPostgres(range.topic)) return postgres.read(range);
      return readKafkaRange(client, nameOf(range.topic), range);
    },
    range: async (topic) => {
      if (isInPostgres(topic)) return postgres.range(topic);
      await ensure(topic);
      return client.range(nameOf(topic), partitions);
    },
    lag: (group, topic) =>
      group === relayGroup
        ? postgres.lag(group, topic)
        : within(
            lagWithinMs,
            'tell a lag',
            kafkaLag({ database, client, partitions }, nameOf(topic), { group, topic }),
          ),
    health: async () => {
      if (isOfUseWithoutKafka) return postgres.health();
      const [ofPostgres, ofKafka] = await Promise.all([postgres.health(), pingKafka(client)]);
      return toHealth([
        ...(ofPostgres.reason === undefined ? [] : [ofPostgres.reason]),
        ...ofKafka,
        ...relays.problems(),
      ]);
    },
    close: async () => {
      isClosed = true;
      watchdog.close();
      await readers.close();
      await writer.drain();
      await relays.close();
      await Promise.all([sender.close(), client.close()]);
      await postgres.close();
    },
  };
}

interface Appending {
  readonly writer: KafkaWriter;
  readonly postgres: Pick<EventLog, 'append'>;
  readonly isInPostgres: (topic: string) => boolean;
  readonly onAppended: (records: readonly NewRecord[]) => void;
}

function appendThrough({ writer, postgres, isInPostgres, onAppended }: Appending): EventLog['append'] {
  const appendToKafka = async (records: readonly NewRecord[]): Promise<void> => {
    await writer.append(records);
    onAppended(records);
  };
  return (records) => {
    const inPostgres = records.filter(({ topic }) => isInPostgres(topic));
    // nearly always
    if (inPostgres.length === 0) return appendToKafka(records);
    const others = records.filter(({ topic }) => !isInPostgres(topic));
    return Promise.all([appendToKafka(others), postgres.append(inPostgres)]).then(ignore);
  };
}

async function pingKafka(client: FetchClient): Promise<readonly string[]> {
  try {
    await within(pingWithinMs, 'answer', client.ping());
    return [];
  } catch (error) {
    return [`Kafka does not answer: ${describeError(error)}`];
  }
}

function doorsOf(shared: KafkaContext): ReaderDoors {
  const { parts, settings, nameOf, ensure, isInPostgres, handOver, watch } = shared;
  return {
    subscribe: (wanted) => subscribeToKafka(shared, wanted),
    tail: async (options) => {
      const client = new FetchClient(kafkaConfigOf(settings));
      const ofTail = { context: parts.context, client, topicName: nameOf(options.topic), watch };
      try {
        if (isInPostgres(options.topic))
          return await openRelayedTail({ ...ofTail, handOver, ensure: () => ensure(options.topic) }, options);
        await ensure(options.topic);
        return await openKafkaTail(ofTail, options);
      } catch (error) {
        await client.close();
        throw error;
      }
    },
  };
}

function subscribeToKafka(shared: KafkaContext, wanted: WantedSubscription): Promise<Subscription> {
  const { parts, settings, nameOf, ensure, epochs, watch } = shared;
  const { context, writer } = parts;
  const { group, topic, handler, maxBatch } = wanted;
  const { database, partitions } = context;
  const consumer = { group, topic };
  const source = createKafkaSource({
    passer: { database, consumer, handler, appendIn: writer.appendIn, deadLettered: tellDeadLetter(context, consumer) },
    ...{ partitions, epochs, topicName: nameOf(topic), watch },
    client: new FetchClient(kafkaConfigOf(settings)),
    ensure: () => ensure(topic),
  });
  return openSubscription(context, { consumer, maxBatch, source });
}

const ignore = (): void => undefined;
