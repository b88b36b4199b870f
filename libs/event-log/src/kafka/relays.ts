import type { KafkaConfig } from 'kafkajs';
import { describeError } from '../consuming/describe-error.js';
import type { Subscription } from '../event-log.js';
import type { LogContext } from '../postgres/log-context.js';
import type { LogWriter } from '../postgres/log-writer.js';
import { createKafkaSender } from './kafka-sender.js';
import { openRelay } from './relay.js';
import type { Watchdog } from './watchdog.js';

const retryMs = 1_000;

export interface Relays {
  /** Relays these topics from now on, if nothing does. */
  start(topics: readonly string[]): void;
  problems(): readonly string[];
  close(): Promise<void>;
}

export interface RelaysOptions {
  readonly context: LogContext;
  readonly config: KafkaConfig;
  readonly nameOf: (topic: string) => string;
  readonly ensure: (topic: string) => Promise<void>;
  readonly appendIn: LogWriter['appendIn'];
  readonly watchdog: Watchdog;
}

export function createRelays({ context, config, nameOf, ensure, appendIn, watchdog }: RelaysOptions): Relays {
  const relays = new Map<string, Promise<Subscription>>();
  const opened = new Map<string, Subscription>();
  let isClosed = false;
  const open = async (topic: string): Promise<Subscription> => {
    const relay = await openRelay({
      ...{ context, topic, topicName: nameOf(topic), appendIn, watchdog },
      openSender: () => createKafkaSender(config),
      ensure: () => ensure(topic),
    });
    opened.set(topic, relay);
    return relay;
  };
  const start = (topic: string): void => {
    if (isClosed || relays.has(topic)) return;
    const opening = open(topic);
    relays.set(topic, opening);
    opening.catch((error: unknown) => {
      // PostgreSQL went away
      relays.delete(topic);
      setTimeout(() => {
        start(topic);
      }, retryMs).unref();
      context.onProblem(`Cannot relay ${topic} to Kafka yet: ${describeError(error)}`, error);
    });
  };
  return {
    start: (topics) => {
      for (const topic of topics) start(topic);
    },
    problems: () =>
      [...opened].flatMap(([topic, relay]) => {
        const { ok, reason = '' } = relay.health();
        return ok ? [] : [`Relay of ${topic}: ${reason}`];
      }),
    close: async () => {
      isClosed = true;
      await Promise.allSettled(relays.values());
      await Promise.all([...opened.values()].map((relay) => relay.close()));
    },
  };
}
