import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { QueueFull } from '../src/index.js';
import { drain, putAll, SpoolFolder, watchSyncs } from './spool-folder.js';

const texts = Array.from({ length: 40 }, (_, number) => `record ${number} ${'x'.repeat(number * 7)}`);

const [, , third = ''] = texts;

/** Turns every bit of one byte. */
function damage(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
}

function only(paths: readonly string[]): string {
  expect(paths).toHaveLength(1);
  return paths.join('');
}

describe('a queue of records in files', () => {
  let folder: SpoolFolder;

  beforeEach(() => {
    folder = new SpoolFolder();
  });

  afterEach(() => folder.remove());

  it('gives what was put, in order, and leaves no file', async () => {
    const queue = await folder.open();
    await putAll(queue, texts);
    expect(queue.records).toBe(40);
    expect(queue.isEmpty).toBe(false);
    expect(await drain(queue, 7)).toEqual(texts);
    expect({ records: queue.records, isEmpty: queue.isEmpty, bytes: queue.bytes }).toEqual({
      ...{ records: 0, isEmpty: true, bytes: 0 },
    });
    expect(folder.files('')).toEqual([]);
  });

  it('belongs to its owner alone', async () => {
    const queue = await folder.open();
    await putAll(queue, ['secret']);
    const file = only(folder.files());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('has everything again when it is opened anew, what was read but not removed included', async () => {
    const before = await folder.open();
    await putAll(before, texts);
    await before.read({ records: 10, bytes: 1_000_000 });
    const after = await folder.open();
    expect(after.records).toBe(40);
    await putAll(after, ['newer']);
    expect(await drain(after)).toEqual([...texts, 'newer']);
    expect(folder.troubles).toEqual([]);
  });

  it('takes more while it is being emptied', async () => {
    const queue = await folder.open();
    await putAll(queue, texts);
    const first = await queue.read({ records: 10, bytes: 1_000_000 });
    await putAll(queue, ['newer']);
    queue.remove(first.length);
    expect(await drain(queue)).toEqual([...texts.slice(10), 'newer']);
  });

  it('says how old its oldest record is', async () => {
    const queue = await folder.open();
    expect(queue.oldestAt).toBeNull();
    await queue.put(Buffer.from('a'), new Date('2026-11-21T10:00:00.000Z'));
    await queue.put(Buffer.from('b'), new Date('2026-11-21T10:00:05.000Z'));
    expect(queue.oldestAt).toEqual(new Date('2026-11-21T10:00:00.000Z'));
    await drain(queue, 1);
    expect(queue.oldestAt).toBeNull();
  });

  describe('told that a record is safe', () => {
    it('is nobody before data and folder are flushed; what is put meanwhile goes with one flush', async () => {
      const queue = await folder.open();
      const syncs = await watchSyncs();
      const stored: string[] = [];
      const put = (text: string): Promise<void> =>
        queue.put(Buffer.from(text), new Date()).then(() => {
          stored.push(`${text} after ${syncs.ended.join(' ')}`);
        });
      syncs.hold();
      const first = put('a');
      await turn();
      const others = ['b', 'c', 'd'].map(put);
      await turn();
      expect(stored).toEqual([]);
      syncs.release();
      await Promise.all([first, ...others]);
      syncs.restore();
      expect(stored).toEqual([
        'a after datasync sync',
        ...['b', 'c', 'd'].map((text) => `${text} after datasync sync datasync`),
      ]);
      expect(await drain(queue)).toEqual(['a', 'b', 'c', 'd']);
    });

    it('is nobody when the disk fails; the next record is kept, and the failed one never seen', async () => {
      const queue = await folder.open();
      await putAll(queue, ['before']);
      const syncs = await watchSyncs();
      syncs.break();
      await expect(queue.put(Buffer.from('failed'), new Date())).rejects.toThrow('EIO');
      syncs.restore();
      await putAll(queue, ['after']);
      expect(await drain(await folder.open())).toEqual(['before', 'after']);
    });
  });

  describe('found after a crash', () => {
    const fill = async (): Promise<string> => {
      const queue = await folder.open();
      await putAll(queue, texts);
      await queue.close();
      return only(folder.files());
    };

    it.each([1, 8, 23, 24, 60])('has lost the %i last bytes: the torn record is cut off and told', async (bytes) => {
      const path = await fill();
      truncateSync(path, statSync(path).size - bytes);
      const queue = await folder.open();
      expect(folder.troubles).toEqual([{ kind: 'torn', path, bytes: expect.any(Number) as number }]);
      await putAll(queue, ['newer']);
      expect(await drain(queue)).toEqual([...texts.slice(0, -1), 'newer']);
    });

    it('has room at its end that was never written: it is cut off', async () => {
      const path = await fill();
      appendFileSync(path, Buffer.alloc(500));
      const queue = await folder.open();
      expect(folder.troubles).toEqual([{ kind: 'torn', path, bytes: 500 }]);
      expect(await drain(queue)).toEqual(texts);
    });

    it('has a file with nothing in it: it is passed', async () => {
      await fill();
      writeFileSync(`${folder.path}/000000000009.spool`, 'parley');
      const queue = await folder.open();
      expect(await drain(queue)).toEqual(texts);
      expect(folder.troubles).toEqual([]);
    });

    // the third record begins at 24 + (24 + 9) + (24 + 16): mark, length, sum, time, payload
    it.each([97, 105, 109, 113, 121])(
      'has a damaged record in the middle (byte %i): it alone is set aside, and told',
      async (at) => {
        const path = await fill();
        const whole = readFileSync(path).subarray(97, 97 + 24 + Buffer.byteLength(third));
        damage(path, at);
        const queue = await folder.open();
        expect(await drain(queue)).toEqual([...texts.slice(0, 2), ...texts.slice(3)]);
        const setAside = only(folder.files('-97'));
        expect(folder.troubles).toEqual([{ kind: 'damaged', path, bytes: whole.length, setAside }]);
        const kept = readFileSync(setAside);
        kept.writeUInt8(kept.readUInt8(at - 97) ^ 0xff, at - 97);
        expect(kept.equals(whole)).toBe(true);
        expect(statSync(setAside).mode & 0o777).toBe(0o600);
      },
    );

    it('has a damaged last record: it may have been answered, so it is set aside and not cut off', async () => {
      const path = await fill();
      damage(path, statSync(path).size - 1);
      const queue = await folder.open();
      expect(await drain(queue)).toEqual(texts.slice(0, -1));
      expect(folder.troubles).toMatchObject([{ kind: 'damaged' }]);
    });

    it('has a file whose beginning is damaged: all of it is set aside', async () => {
      const path = await fill();
      damage(path, 3);
      const queue = await folder.open();
      expect(queue.isEmpty).toBe(true);
      expect(folder.troubles).toMatchObject([{ kind: 'damaged', path }]);
      expect(folder.files()).toEqual([]);
    });

    it('takes no words of a record for a record, however damaged the one around them is', async () => {
      const stranger = new SpoolFolder();
      const other = await stranger.open();
      await putAll(other, ['forged']);
      const forged = readFileSync(only(stranger.files())).subarray(24);
      const queue = await folder.open();
      await queue.put(Buffer.concat([Buffer.from('before '), forged, Buffer.from(' after')]), new Date());
      await putAll(queue, ['honest']);
      await queue.close();
      damage(only(folder.files()), 24 + 24);
      expect(await drain(await folder.open())).toEqual(['honest']);
      await stranger.remove();
    });
  });

  describe('with a bound', () => {
    const megabyte = 1_048_576;
    const large = Buffer.alloc(100_000, 'x');

    it('refuses what is too much, at once, and never lies on the disk with more', async () => {
      const queue = await folder.open(megabyte);
      const puts = Array.from({ length: 12 }, () => queue.put(large, new Date()));
      const outcomes = await Promise.allSettled(puts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
      expect(outcomes.at(-1)).toMatchObject({ reason: expect.any(QueueFull) as QueueFull });
      const onDisk = folder.files().reduce((sum, path) => sum + statSync(path).size, 0);
      expect(onDisk).toBeLessThanOrEqual(megabyte);
      expect(onDisk).toBe(queue.bytes);
    });

    it('has room again before it is empty', async () => {
      const queue = await folder.open(megabyte);
      for (let number = 0; number < 10; number += 1) await queue.put(large, new Date());
      await expect(queue.put(large, new Date())).rejects.toThrow(QueueFull);
      for (let number = 0; number < 4; number += 1) {
        await queue.read({ records: 1, bytes: 1 });
        queue.remove(1);
      }
      await queue.put(large, new Date());
      expect(await drain(queue)).toHaveLength(7);
    });

    it('of nothing takes nothing, and gives what is there', async () => {
      await putAll(await folder.open(), ['kept']);
      const off = await folder.open(0);
      await expect(off.put(Buffer.from('x'), new Date())).rejects.toThrow(QueueFull);
      expect(await drain(off)).toEqual(['kept']);
    });
  });
});
