import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { projectEvents } from '#libs/conversations';
import { PoisonError, type LogRecord, type Subscription } from '#libs/event-log';
import { ReadinessRegistry } from '#libs/http';
import { originOf, readEvent, topics, type Event, type Origin } from '#libs/messaging';
import { Platform, traceOf } from '#libs/platform';

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
    const subscription = await log.subscribe('projector', topics.events, (transaction, records) => {
      const origins = new Map(records.map((record) => [eventOf(record), originOf(record.headers)]));
      const events = [...origins.keys()];
      transaction.afterCommit(() => {
        this.applied(origins);
      });
      const rules = { ...this.platform.rules(), originOf: (event: Event) => origins.get(event) };
      return projectEvents(transaction, log, events, rules);
    });
    this.subscription = subscription;
    this.readiness.add({ name: 'projector', check: () => Promise.resolve(subscription.health()) });
  }

  async onModuleDestroy(): Promise<void> {
    await this.subscription?.close();
  }

  private applied(events: ReadonlyMap<Event, Origin>): void {
    const { logger, metrics } = this.platform;
    const now = this.platform.now().getTime();
    for (const { type, received_at } of events.keys()) {
      if (type === 'message.received' || type === 'message.echoed')
        metrics.visible((now - Date.parse(received_at)) / 1000);
    }
    if (!logger.isLevelEnabled('debug')) return;
    for (const [event, origin] of events) logger.debug(traceOf(event, origin), 'event applied');
  }
}

function eventOf(record: LogRecord): Event {
  const event = readEvent(parseJson(record.value));
  if (!event.success) throw new PoisonError(`Not an event: ${whatIsWrong(event.error)}`);
  return event.data;
}

/** In a line that a person reads; it shows no value. */
function whatIsWrong({ issues }: ReturnType<typeof readEvent>['error'] & object): string {
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new PoisonError('Not JSON.', { cause: error });
  }
}
