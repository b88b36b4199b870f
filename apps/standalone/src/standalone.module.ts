import { Module, type DynamicModule } from '@nestjs/common';
import type { ChannelConnector } from '#libs/channels/kit';
import type { StandaloneConfig } from '#libs/config';
import { ChannelsModule } from '../../channels/src/channels.module.js';
import { IngesterModule } from '../../ingester/src/ingester.module.js';
import { ProjectorModule } from '../../projector/src/projector.module.js';
import { SenderModule } from '../../sender/src/sender.module.js';

/** Every role in one process, on one platform. It holds no logic of its own. */
@Module({})
export class StandaloneModule {
  static forRoot(
    platform: DynamicModule,
    connectors: readonly ChannelConnector[],
    spool: StandaloneConfig['spool'],
  ): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        platform,
        IngesterModule.forRoot(platform, connectors, spool),
        ProjectorModule.forRoot(platform),
        ChannelsModule.forRoot(platform, connectors),
        SenderModule.forRoot(platform),
      ],
    };
  }
}
