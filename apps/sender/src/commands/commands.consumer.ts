import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PoisonError, type LogRecord, type Subscription } from '#libs/event-log';
import { ReadinessRegistry } from '#libs/http';
import { originOf, sendCommandSchema, topics, type SendCommand } from '#libs/messaging';
import { tagsOf } from '#libs/observability';
import { Platform } from '#libs/platform';
import { Lanes } from './lanes.js';

/** A command is a wake-up: what is due stands in the database, and the sweep finds it when a wake-up is lost. */
@Injectable()
export class CommandsConsumer implements OnApplicationBootstrap, OnModuleDestroy {
  private subscription: Subscription | undefined;

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
    @Inject(Lanes) private readonly lanes: Lanes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const subscription = await this.platform.log.subscribe('sender', topics.commands, (_transaction, records) => {
      for (const record of records) this.take(record);
      return Promise.resolve();
    });
    this.subscription = subscription;
    this.readiness.add({ name: 'sender', check: () => Promise.resolve(subscription.health()) });
    // after it: what waited for a sender takes all connections at once, and a start that gets none in time fails
    this.lanes.begin();
  }

  async onModuleDestroy(): Promise<void> {
    await this.subscription?.close();
  }

  private take(record: LogRecord): void {
    const command = readCommand(record);
    const { message_id, conversation_id, channel_id } = command;
    const tags = tagsOf(originOf(record.headers));
    this.platform.logger.debug({ ...tags, message_id, conversation_id, channel_id }, 'send due');
    this.lanes.wake(command);
  }
}

function readCommand(record: LogRecord): SendCommand {
  try {
    return sendCommandSchema.parse(JSON.parse(record.value));
  } catch (error) {
    throw new PoisonError('Not a send command.', { cause: error });
  }
}
