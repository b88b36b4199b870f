import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ReadinessRegistry, type Readiness } from '#libs/http';
import { Platform } from '#libs/platform';
import { ChannelDirectory } from './channel-directory.js';
import { inTime } from './in-time.js';
import { SPOOL, type OpenSpool } from './open-spool.js';

/** A probe waits 900 ms for all checks. */
const logMs = 400;
/** Above it the door will soon refuse: better that somebody else takes what comes. */
const fullPercent = 95;

/** Ready as long as a webhook would be answered 200: by the log, or by the spool for all who may sign. */
@Injectable()
export class SpoolReadiness implements OnApplicationBootstrap {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(SPOOL) private readonly spool: OpenSpool,
    @Inject(ChannelDirectory) private readonly directory: ChannelDirectory,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add({ name: 'webhooks', check: () => this.check() });
    const { queue } = this.spool;
    this.platform.metrics.spool(() => ({
      bytes: queue?.bytes ?? 0,
      records: queue?.records ?? 0,
      oldestSeconds: ageOf(queue?.oldestAt ?? null, this.platform.now()),
    }));
  }

  private async check(): Promise<Readiness> {
    const { queue } = this.spool;
    if (queue?.isEmpty === false) return this.whileSpooling(queue.bytes, queue.maxBytes, queue.records);
    const log = await this.askLog();
    if (log.ok) return { ok: true };
    if (queue === null || queue.maxBytes === 0) return { ok: false, reason: `${log.reason}; the spool is off` };
    return this.ifWarm(`${log.reason}; the spool is empty and takes what comes`);
  }

  private whileSpooling(bytes: number, maxBytes: number, records: number): Readiness {
    const percent = maxBytes === 0 ? 100 : Math.round((100 * bytes) / maxBytes);
    const reason = `the spool holds ${records} webhooks for the log and is ${percent} % full`;
    return percent >= fullPercent ? { ok: false, reason } : this.ifWarm(reason);
  }

  private ifWarm(reason: string): Readiness {
    if (this.directory.knowsApps()) return { ok: true, reason };
    return { ok: false, reason: `${reason}; which apps may sign is not known yet` };
  }

  private askLog(): Promise<{ readonly ok: boolean; readonly reason: string }> {
    const health = this.platform.log
      .health()
      .then(({ ok, reason = 'the log is away' }) => ({ ok, reason }))
      .catch(() => ({ ok: false, reason: 'the log is away' }));
    return inTime(health, logMs, () => ({ ok: false, reason: `the log did not answer within ${logMs} ms` }));
  }
}

function ageOf(oldest: Date | null, now: Date): number {
  return oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1_000);
}
