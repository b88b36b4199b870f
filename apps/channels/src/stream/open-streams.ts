import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ReadinessRegistry } from '#libs/http';
import { topics } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { ClientStream, StreamHub, type StreamFilter, type StreamSink, type StreamStart } from '#libs/streaming';

const heartbeatMs = 15_000;

/** The streams that this process serves, all fed by one reader of the log. */
@Injectable()
export class OpenStreams implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly streams = new Set<ClientStream>();
  private hub: StreamHub | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const hub = await StreamHub.open(this.platform.log, topics.updates);
    this.hub = hub;
    this.readiness.add({ name: 'stream', check: () => Promise.resolve(hub.health()) });
    this.timer = setInterval(() => {
      for (const stream of this.streams) stream.heartbeat();
    }, heartbeatMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    for (const stream of this.streams) stream.end();
    await this.hub?.close();
  }

  /** Answers how to end it; rejects when it can't be opened. */
  async open(workspaceId: string, request: StreamRequest): Promise<() => void> {
    if (this.hub === undefined) throw new Error('The stream hub is not open yet.');
    const { filter, sink, start } = request;
    const stream = new ClientStream({ hub: this.hub, seal: this.platform.cursors, workspaceId, filter, sink });
    this.streams.add(stream);
    this.platform.metrics.streams(this.streams.size);
    const end = (): void => {
      this.streams.delete(stream);
      this.platform.metrics.streams(this.streams.size);
      stream.end();
    };
    try {
      await stream.open(start);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }
}

export interface StreamRequest {
  readonly filter: StreamFilter;
  readonly sink: StreamSink;
  readonly start: StreamStart;
}
