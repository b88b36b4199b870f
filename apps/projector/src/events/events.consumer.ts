import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { projectEvents } from '#libs/conversations';
import { PoisonError, type LogRecord, type Subscription } from '#libs/event-log';
import { ReadinessRegistry } from '#libs/http';
import { eventSchema, topics, type Event } from '#libs/messaging';
import { Platform } from '#libs/platform';

/** `channel.events` → conversations, messages, states, and their announcements. */
@Injectable()
export class EventsConsumer implements OnApplicationBootstrap, OnModuleDestroy {
  private subscription: Subscription | undefined;

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { log } = this.platform;
    const subscription = await log.subscribe('projector', topics.events, (transaction, records) =>
      projectEvents(transaction, log, records.map(readEvent), this.platform.rules()),
    );
    this.subscription = subscription;
    this.readiness.add({ name: 'projector', check: () => Promise.resolve(subscription.health()) });
  }

  async onModuleDestroy(): Promise<void> {
    await this.subscription?.close();
  }
}

function readEvent(record: LogRecord): Event {
  const event = eventSchema.safeParse(parseJson(record.value));
  if (!event.success) throw new PoisonError(`Not an event: ${event.error.message}`);
  return event.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new PoisonError('Not JSON.', { cause: error });
  }
}
