import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileQueue, type FileQueue, type QueueTrouble } from '../src/index.js';

/** Enough for every test that is not about room. */
const maxBytes = 64 * 1024 * 1024;

/** A folder with queues opened on it, one after the other. */
export class SpoolFolder {
  readonly path = join(mkdtempSync(join(tmpdir(), 'parley-spool-')), 'spool');
  readonly troubles: QueueTrouble[] = [];
  private queues: FileQueue[] = [];

  async open(limit = maxBytes): Promise<FileQueue> {
    const onTrouble = (trouble: QueueTrouble): void => {
      this.troubles.push(trouble);
    };
    const queue = await openFileQueue({ directory: this.path, maxBytes: limit, onTrouble });
    this.queues.push(queue);
    return queue;
  }

  files(ending = '.spool'): string[] {
    return readdirSync(this.path)
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(this.path, name));
  }

  async remove(): Promise<void> {
    for (const queue of this.queues.splice(0)) await queue.close();
    rmSync(join(this.path, '..'), { recursive: true });
  }
}

export async function putAll(queue: FileQueue, texts: readonly string[]): Promise<void> {
  for (const text of texts) await queue.put(Buffer.from(text), new Date());
}

/** Reads and removes until nothing is left. */
export async function drain(queue: FileQueue, records = 250): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const batch = await queue.read({ records, bytes: 1_048_576 });
    if (batch.length === 0) return texts;
    texts.push(...batch.map(({ payload }) => payload.toString()));
    queue.remove(batch.length);
  }
}

type Sync = 'datasync' | 'sync';

interface Syncs {
  /** In the order in which they ended: of data, of folders. */
  readonly ended: Sync[];
  /** The next one of data does not end before `release`. */
  hold(): void;
  release(): void;
  /** The next one of data fails, as on a broken disk. */
  break(): void;
  restore(): void;
}

/** Watches the real calls; the handles of one process share a prototype. */
export async function watchSyncs(): Promise<Syncs> {
  const handle = await open(tmpdir(), 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<Sync, (this: FileHandle) => Promise<void>>;
  await handle.close();
  const { datasync, sync } = prototype;
  const ended: Sync[] = [];
  let gate: Promise<void> | undefined;
  let open_ = (): void => undefined;
  let isBroken = false;
  prototype.datasync = async function (this: FileHandle) {
    await gate;
    if (isBroken) {
      isBroken = false;
      throw new Error('EIO');
    }
    await datasync.call(this);
    ended.push('datasync');
  };
  prototype.sync = async function (this: FileHandle) {
    await sync.call(this);
    ended.push('sync');
  };
  return {
    ended,
    hold: () => {
      gate = new Promise((resolve) => {
        open_ = resolve;
      });
    },
    release: () => {
      gate = undefined;
      open_();
    },
    break: () => {
      isBroken = true;
    },
    restore: () => {
      Object.assign(prototype, { datasync, sync });
    },
  };
}
