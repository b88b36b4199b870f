import { Module, type DynamicModule } from '@nestjs/common';
import { CommandsConsumer } from './commands/commands.consumer.js';
import { Lanes } from './commands/lanes.js';
import { DoubtTurn } from './commands/doubt-turn.js';
import { SendTurn } from './commands/send-turn.js';
import { Contacts } from './contacts/contacts.js';

/** The only part that talks to the source about messages and contacts. */
@Module({})
export class SenderModule {
  static forRoot(platform: DynamicModule): DynamicModule {
    return {
      module: SenderModule,
      imports: [platform],
      providers: [CommandsConsumer, Lanes, SendTurn, DoubtTurn, Contacts],
    };
  }
}
