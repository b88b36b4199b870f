import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { apiKeyStore } from '#libs/database';
import { ReadinessRegistry } from '#libs/http';
import { topics } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { ClientStream, inSlices, StreamHub, type StreamEnd, type StreamSink } from '#libs/streaming';
import type { StreamView } from './read-stream-request.js';
import type { StreamGrant } from './stream-access.js';

const heartbeatMs = 15_000;
/** How often it is looked whether the keys of open streams are still there: one question for all of them. */
const lookMs = 1_000;
const notOpen = { ok: false, reason: 'The stream is not open yet.' };
/** For so long readers may take to hear that this process ends. */
const goodbyeMs = 1_000;

/** The streams that this process serves, all fed by one reader of the log. */
@Injectable()
export class OpenStreams implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly streams = new Map<ClientStream, StreamGrant>();
  private hub: StreamHub | undefined;
  private timers: NodeJS.Timeout[] = [];
  private isLooking = false;
  private isClosed = false;

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { cursors, log, metrics } = this.platform;
    this.hub = await StreamHub.open(log, topics.updates, cursors);
    this.readiness.add({ name: 'stream', check: () => Promise.resolve(this.hub?.health() ?? notOpen) });
    log.onRestored(() => void this.openAgain());
    metrics.streamBuffers(() => this.bufferedBytes());
    const beat = (): Promise<void> =>
      inSlices(this.streams.keys(), (stream) => {
        stream.heartbeat();
      });
    this.timers = [
      setInterval(() => void beat(), heartbeatMs).unref(),
      setInterval(() => void this.look(), lookMs).unref(),
    ];
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    const told = Promise.all([...this.streams.keys()].map((stream) => stream.end('restart')));
    await Promise.race([told, sleep(goodbyeMs, undefined, { ref: false })]);
    this.isClosed = true;
    await this.hub?.close();
  }

  /**
   * The log went back to a backup: where our reader and every stream stand means something else there. All streams end, so that
   * their clients come back with the cursors they have, and hear that those are too old.
   */
  private async openAgain(): Promise<void> {
    const { hub, platform } = this;
    this.hub = undefined;
    platform.logger.error('the database went back to a backup: all streams begin anew');
    for (const stream of [...this.streams.keys()]) void stream.end('restart');
    await hub?.close();
    while (!this.isClosed && this.hub === undefined) {
      const opened = await StreamHub.open(platform.log, topics.updates, platform.cursors).catch((error: unknown) => {
        platform.logger.warn({ err: error }, 'the stream could not be opened again and is tried again');
      });
      if (opened === undefined) await sleep(lookMs);
      else this.hub = opened;
    }
  }

  private bufferedBytes(): number {
    return [...this.streams.keys()].reduce((sum, stream) => sum + stream.bufferedBytes(), 0);
  }

  /** Answers what to call when the reader has gone; rejects when it can't be opened. */
  async open(grant: StreamGrant, { filter, start }: StreamView, sink: StreamSink): Promise<() => void> {
    if (this.hub === undefined) throw new Error('The stream hub is not open yet.');
    const { workspaceId, keyId } = grant.caller;
    const onEnd = (why: StreamEnd): void => {
      this.streams.delete(stream);
      this.platform.metrics.streams(this.streams.size);
      if (why === 'too-slow' || why === 'key-gone')
        this.platform.logger.info({ why, api_key_id: keyId, workspace_id: workspaceId }, 'a stream was cut');
    };
    const stream = new ClientStream({ hub: this.hub, workspaceId, filter, sink, onEnd });
    this.streams.set(stream, grant);
    this.platform.metrics.streams(this.streams.size);
    const end = (): void => void stream.end('gone');
    try {
      await stream.open(start);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  /** Ends the streams whose key is gone. While the database is away nobody can revoke one, so all stay. */
  private async look(): Promise<void> {
    if (this.isLooking || this.streams.size === 0) return;
    this.isLooking = true;
    try {
      await this.endWithoutKey([...this.streams]);
    } catch (error) {
      this.platform.logger.warn({ err: error }, 'the keys of open streams could not be looked at');
    } finally {
      this.isLooking = false;
    }
  }

  private async endWithoutKey(streams: readonly (readonly [ClientStream, StreamGrant])[]): Promise<void> {
    const hashes = new Map(streams.map(([, { caller }]) => [nameOf(caller.keySha256), caller.keySha256]));
    const living = await apiKeyStore.livingInAnyWorkspace(this.platform.database, [...hashes.values()]);
    const names = new Set(living.map(nameOf));
    const now = this.platform.now();
    for (const [stream, { caller, endsAt }] of streams) {
      const isOver = endsAt !== undefined && endsAt <= now;
      if (isOver || !names.has(nameOf(caller.keySha256))) void stream.end('key-gone');
    }
  }
}

function nameOf(keySha256: Buffer): string {
  return keySha256.toString('base64');
}
