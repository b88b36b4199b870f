import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { NewWebhookGap } from '#libs/database';
import type { Logger } from '#libs/observability';
import { replaceFile } from '#libs/spool';

/** A refused webhook costs no flush of its own: this disk may be the one that is in trouble. */
const betweenWritesMs = 250;

const noteSchema = z.object({
  gaps: z.array(
    z.object({
      id: z.uuid(),
      source: z.string(),
      source_channel_id: z.string().nullable(),
      started_at: z.coerce.date(),
      ended_at: z.coerce.date(),
      refused: z.int(),
    }),
  ),
});

/** Beside the spool, also when that is off: gaps of which nobody could be told yet, in case that this process does not live to do it. */
export class GapNotes {
  private readonly path: string;
  private next: readonly NewWebhookGap[] | null = null;
  private writing: Promise<void> | null = null;
  private isTrouble = false;

  constructor(
    private readonly directory: string,
    private readonly logger: Logger,
  ) {
    // with the spool off several processes may share a folder
    this.path = join(directory, `${randomUUID()}.json`);
  }

  /** What processes before this one left, now kept by this one. To be told twice is harmless: a gap has an id. */
  async takeOver(): Promise<readonly NewWebhookGap[]> {
    const names = (await readdir(this.directory).catch(() => [])).filter((name) => name.endsWith('.json'));
    const paths = names.map((name) => join(this.directory, name));
    const gaps = (await Promise.all(paths.map((path) => this.read(path)))).flat();
    if (gaps.length > 0) await this.write(gaps);
    for (const path of paths) await rm(path, { force: true }).catch(() => undefined);
    return gaps;
  }

  /** Soon. None: there is nothing left to remember. */
  keep(gaps: readonly NewWebhookGap[]): void {
    this.next = gaps;
    this.writing ??= this.writeAll();
  }

  async close(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.next !== null) {
      const gaps = this.next;
      this.next = null;
      await this.write(gaps);
      await delay(betweenWritesMs);
    }
    this.writing = null;
  }

  private async write(gaps: readonly NewWebhookGap[]): Promise<void> {
    try {
      if (gaps.length === 0) await rm(this.path, { force: true });
      else {
        await mkdir(this.directory, { recursive: true, mode: 0o700 });
        await replaceFile(this.path, JSON.stringify({ gaps }));
      }
      this.isTrouble = false;
    } catch (error) {
      if (!this.isTrouble)
        this.logger.warn({ err: error }, 'when webhooks were refused is known to this process only: check the disk');
      this.isTrouble = true;
    }
  }

  private async read(path: string): Promise<readonly NewWebhookGap[]> {
    try {
      return noteSchema.parse(JSON.parse(await readFile(path, 'utf8'))).gaps;
    } catch (error) {
      this.logger.warn({ err: error, path }, 'a note on refused webhooks cannot be read and is dropped');
      return [];
    }
  }
}
