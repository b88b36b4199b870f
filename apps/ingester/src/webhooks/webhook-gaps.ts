import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { recordGaps } from '#libs/conversations';
import type { NewWebhookGap } from '#libs/database';
import { uuid7 } from '#libs/messaging';
import { Platform } from '#libs/platform';

const lookMs = 500;
/** A gap is over when nothing was refused for so long. */
const quietMs = 1_000;
/** One that does not end is told in parts. */
const longestMs = 60_000;

/** When webhooks were refused and of which pages, told as soon as there is a database to tell it to. */
@Injectable()
export class WebhookGaps implements OnApplicationBootstrap, OnModuleDestroy {
  private open = new Map<string, NewWebhookGap>();
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> | undefined;

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      if (this.isToTell()) this.telling ??= this.tell();
    }, lookMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
    if (this.open.size > 0) await this.tell();
  }

  /** Null: a page that nobody could read. */
  note(source: string, pages: readonly (string | null)[]): void {
    const now = this.platform.now();
    if (this.open.size === 0)
      this.platform.logger.error(
        'webhooks are refused with 503: the log is away and the spool is full or off. Facebook repeats them a few times only, and ' +
          'ends the subscription after an hour: bring PostgreSQL back, or give the spool room (PARLEY_SPOOL_MAX_MB, its disk)',
      );
    for (const page of pages) {
      const key = `${source} ${page ?? ''}`;
      const gap = this.open.get(key) ?? {
        id: uuid7(now.getTime()),
        source,
        source_channel_id: page,
        started_at: now,
        ended_at: now,
        refused: 0,
      };
      this.open.set(key, { ...gap, ended_at: now, refused: gap.refused + 1 });
    }
  }

  private isToTell(): boolean {
    const gaps = [...this.open.values()];
    if (gaps.length === 0) return false;
    const now = this.platform.now().getTime();
    const last = Math.max(...gaps.map(({ ended_at: at }) => at.getTime()));
    const first = Math.min(...gaps.map(({ started_at: at }) => at.getTime()));
    return now - last > quietMs || now - first > longestMs;
  }

  private async tell(): Promise<void> {
    const told = this.open;
    try {
      const gaps = [...told.values()];
      const channels = await recordGaps(this.platform, gaps);
      for (const [key, gap] of told) if (this.open.get(key) === gap) this.open.delete(key);
      this.platform.logger.error(
        {
          from: new Date(Math.min(...gaps.map(({ started_at: at }) => at.getTime()))),
          to: new Date(Math.max(...gaps.map(({ ended_at: at }) => at.getTime()))),
          refused: gaps.reduce((sum, { refused }) => sum + refused, 0),
          channel_ids: channels,
        },
        'webhooks were refused and may be lost: look through these conversations at the source, by hand',
      );
    } catch (error) {
      this.platform.logger.debug({ err: error }, 'when webhooks were refused cannot be noted yet; it is tried again');
    } finally {
      this.telling = undefined;
    }
  }
}
