import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ChannelRef } from '#libs/channels/kit';
import { channelStore, type ChannelTouch } from '#libs/database';
import { Platform } from '#libs/platform';

const flushMs = 5_000;

interface Touch {
  readonly workspaceId: string;
  /** ISO-8601. */
  readonly receivedAt: string;
}

/** When something last came for each channel. Written apart from the events and seldom: one row a page would be everybody's lock. */
@Injectable()
export class ChannelActivity implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly touched = new Map<string, Touch>();
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), flushMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  touch({ channelId, workspaceId }: ChannelRef, receivedAt: string): void {
    this.touched.set(channelId, { workspaceId, receivedAt });
  }

  private async flush(): Promise<void> {
    const touches = [...this.touched].map(touchOf);
    this.touched.clear();
    try {
      await channelStore.touchActivity(this.platform.database, touches);
    } catch (error) {
      this.platform.logger.warn(
        { err: error },
        'the activity of channels could not be noted; the next event notes it again',
      );
    }
  }
}

function touchOf([channelId, { workspaceId, receivedAt }]: [string, Touch]): ChannelTouch {
  return { channel_id: channelId, workspace_id: workspaceId, last_event_at: new Date(receivedAt) };
}
