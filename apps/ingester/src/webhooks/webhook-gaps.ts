import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { recordGaps } from '#libs/conversations';
import type { NewWebhookGap } from '#libs/database';
import { uuid7 } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { GapNotes } from './gap-notes.js';

const lookMs = 500;
/** A gap is over when nothing was refused for so long. */
const quietMs = 1_000;
/** One that does not end is told again and again, as it grows. */
const longestMs = 60_000;
/** What is refused so soon after it belongs to it: when the log is back, some have waited 3 s for it in vain. */
const sameGapMs = 10_000;

interface OpenGap {
  readonly gap: NewWebhookGap;
  /** All of it. */
  readonly isTold: boolean;
  /** Epoch milliseconds; first: when it began. */
  readonly lastToldAt: number;
}

/** When webhooks were refused and of which pages, told as soon as there is a database to tell it to. */
@Injectable()
export class WebhookGaps implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly open = new Map<string, OpenGap>();
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> | undefined;
  /** Of processes before this one, by their ids. */
  private earlier = new Map<string, OpenGap>();

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(GapNotes) private readonly notes: GapNotes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const earlier = await this.notes.takeOver();
    this.earlier = new Map(
      earlier.map((gap) => [gap.id, { gap, isTold: false, lastToldAt: gap.started_at.getTime() }]),
    );
    this.timer = setInterval(() => {
      if (this.isToTell()) this.telling ??= this.tell();
    }, lookMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
    if (this.untold().size > 0) await this.tell();
    await this.notes.close();
  }

  /** Null: a page that nobody could read. */
  note(source: string, pages: readonly (string | null)[]): void {
    const now = this.platform.now();
    this.forgetEnded(now.getTime());
    if (this.open.size === 0)
      this.platform.logger.error(
        'webhooks are refused with 503: the log is away and the spool is full or off. Facebook repeats them a few times only, and ' +
          'ends the subscription after an hour: bring PostgreSQL back, or give the spool room (PARLEY_SPOOL_MAX_MB, its disk)',
      );
    for (const page of pages) {
      const key = `${source} ${page ?? ''}`;
      const { gap, lastToldAt } = this.open.get(key) ?? { gap: newGap(source, page, now), lastToldAt: now.getTime() };
      this.open.set(key, { gap: { ...gap, ended_at: now, refused: gap.refused + 1 }, isTold: false, lastToldAt });
    }
    this.notes.keep(gapsIn(this.untold()));
  }

  private forgetEnded(now: number): void {
    for (const [key, { gap, isTold }] of this.open)
      if (isTold && now - gap.ended_at.getTime() > sameGapMs) this.open.delete(key);
  }

  private untold(): Map<string, OpenGap> {
    return new Map([...this.earlier, ...this.open].filter(([, { isTold }]) => !isTold));
  }

  private isToTell(): boolean {
    const gaps = [...this.untold().values()];
    if (gaps.length === 0) return false;
    const now = this.platform.now().getTime();
    const last = Math.max(...gaps.map(({ gap }) => gap.ended_at.getTime()));
    const first = Math.min(...gaps.map(({ lastToldAt }) => lastToldAt));
    return now - last > quietMs || now - first > longestMs;
  }

  private async tell(): Promise<void> {
    const told = this.untold();
    try {
      const gaps = gapsIn(told);
      const channels = await recordGaps(this.platform, gaps);
      this.noteTold(told);
      this.notes.keep(gapsIn(this.untold()));
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

  /** What was refused meanwhile is told the next time. */
  private noteTold(told: ReadonlyMap<string, OpenGap>): void {
    const lastToldAt = this.platform.now().getTime();
    this.earlier.clear();
    for (const [key, { gap: before }] of told) {
      const gap = this.open.get(key)?.gap;
      if (gap !== undefined) this.open.set(key, { gap, isTold: gap === before, lastToldAt });
    }
  }
}

function gapsIn(gaps: ReadonlyMap<string, OpenGap>): readonly NewWebhookGap[] {
  return [...gaps.values()].map(({ gap }) => gap);
}

function newGap(source: string, page: string | null, now: Date): NewWebhookGap {
  const times = { started_at: now, ended_at: now };
  return { id: uuid7(now.getTime()), source, source_channel_id: page, ...times, refused: 0 };
}
