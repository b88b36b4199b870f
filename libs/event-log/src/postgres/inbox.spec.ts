import type { LogRecord } from '../event-log.js';
import { Inbox, type OpenLane } from './inbox.js';

const { jest } = import.meta;

const record = (partition: number, offset: number, headers = {}): LogRecord => ({
  topic: 'topic',
  key: 'key',
  workspaceId: '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
  headers,
  value: '1',
  partition,
  offset,
  appendedAt: new Date(0),
});

const offsets = (records: readonly LogRecord[]): string[] =>
  records.map(({ partition, offset }) => `${partition}/${offset}`);

const firstOf = (inbox: Inbox): OpenLane => {
  const [lane] = inbox.toRead();
  if (lane === undefined) throw new Error('There is nothing to read.');
  return lane;
};

describe('Inbox', () => {
  const wake = jest.fn();
  const stopped = jest.fn();
  let inbox: Inbox;

  /** Open at offset 10 of partitions 0 and 1, with nothing left to read. */
  beforeEach(() => {
    jest.useFakeTimers();
    inbox = new Inbox({ wake, stopped, maxWaiting: 4, maxWaitingChars: 100 });
    inbox.open(0, 10);
    inbox.open(1, 10);
    for (const lane of inbox.toRead()) inbox.fill(lane, [], true);
    wake.mockClear();
    stopped.mockClear();
  });
  afterEach(() => jest.useRealTimers());

  it('takes exactly the next records that are handed over', () => {
    inbox.handOver([record(0, 10), record(1, 10), record(0, 11)]);

    expect(wake).toHaveBeenCalledTimes(1);
    expect(offsets(inbox.take(10, 100)).sort()).toEqual(['0/10', '0/11', '1/10']);
    expect(inbox.toRead()).toEqual([]);
  });

  it('ignores what it has had and what is not its own', () => {
    inbox.handOver([record(0, 9), record(7, 0)]);

    expect(wake).not.toHaveBeenCalled();
    expect(inbox.take(10, 100)).toEqual([]);
  });

  it('puts two answers that crossed in order', () => {
    inbox.handOver([record(0, 11)]);
    inbox.handOver([record(0, 10)]);

    expect(offsets(inbox.take(10, 100))).toEqual(['0/10', '0/11']);
  });

  it('lets SQL fill a gap that stays for 5 ms', () => {
    inbox.handOver([record(0, 12)]);
    const before = inbox.toRead();
    jest.advanceTimersByTime(5);
    const lane = firstOf(inbox);

    expect(before).toEqual([]);
    expect(lane).toMatchObject({ partition: 0, next: 10 });
  });

  it('drops what is handed over beyond its bound and reads it later', () => {
    inbox.handOver([10, 11, 12, 13, 14, 15].map((offset) => record(0, offset)));

    expect(offsets(inbox.take(10, 100))).toEqual(['0/10', '0/11', '0/12', '0/13']);
    expect(inbox.toRead()).toMatchObject([{ partition: 0, next: 14 }]);
  });

  it('asks again for what was announced while it asked', () => {
    inbox.suspectMore();
    const asked = inbox.toRead();
    inbox.suspectMore();
    for (const lane of asked) inbox.fill(lane, [], true);

    expect(inbox.toRead()).toHaveLength(2);
  });

  it('joins what it was handed while SQL was asked', () => {
    inbox.suspectMore();
    const lane = firstOf(inbox);
    inbox.handOver([record(0, 10)]);
    inbox.fill(lane, [record(0, 10), record(0, 11)], true);

    expect(offsets(inbox.take(10, 100))).toEqual(['0/10', '0/11']);
  });

  it('throws away the answer to a question from before it was opened anew', () => {
    inbox.suspectMore();
    const lane = firstOf(inbox);
    inbox.open(0, 3);
    inbox.fill(lane, [record(0, 10)], true);

    expect(inbox.take(10, 100)).toEqual([]);
    expect(inbox.stopped).toEqual([]);
  });

  it('stops a partition whose next records are gone', () => {
    inbox.suspectMore();
    const lane = firstOf(inbox);
    inbox.fill(lane, [record(0, 12)], true);

    expect(inbox.take(10, 100)).toEqual([]);
    expect(stopped).toHaveBeenCalledWith('Partition 0: the records from 10 to 11 are gone.');
  });

  it('stops before a record of a newer version and gives what came before it', () => {
    inbox.handOver([record(0, 10), record(0, 11, { 'schema-version': '2.0' }), record(0, 12)]);

    expect(offsets(inbox.take(10, 100))).toEqual(['0/10']);
    expect(stopped).toHaveBeenCalledTimes(1);
  });

  it('gives each partition its turn', () => {
    inbox.handOver([record(0, 10), record(0, 11), record(1, 10), record(1, 11)]);

    expect([...offsets(inbox.take(2, 100)), ...offsets(inbox.take(2, 100))].sort()).toEqual([
      '0/10',
      '0/11',
      '1/10',
      '1/11',
    ]);
  });

  it('bounds a batch by its size, but gives at least one record', () => {
    inbox.handOver([record(0, 10), record(0, 11)]);

    expect(offsets(inbox.take(10, 0))).toEqual(['0/10']);
    expect(offsets(inbox.take(10, 1))).toEqual(['0/11']);
  });
});
