import { Module, type DynamicModule } from '@nestjs/common';
import { EventsConsumer } from './events/events.consumer.js';
import { Housekeeping } from './housekeeping/housekeeping.js';

/** Moves what happened at the source into the database: the only writer of that. */
@Module({})
export class ProjectorModule {
  static forRoot(platform: DynamicModule): DynamicModule {
    return { module: ProjectorModule, imports: [platform], providers: [EventsConsumer, Housekeeping] };
  }
}
