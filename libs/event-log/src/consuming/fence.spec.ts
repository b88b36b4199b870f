import type { LogRecord } from '../event-log.js';
import { fence, OutOfStepError } from './fence.js';

const record = (partition: number, offset: number): LogRecord => ({
  topic: 'topic',
  key: 'key',
  workspaceId: '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
  headers: {},
  value: '1',
  partition,
  offset,
  appendedAt: new Date(0),
});

describe('fence', () => {
  it('leaves a batch that begins where the group stands', () => {
    const batch = [record(0, 5), record(1, 0), record(0, 6)];
    const positions = new Map([
      [0, 5],
      [1, 0],
    ]);

    expect(fence(batch, positions)).toEqual({
      records: batch,
      positions: new Map([
        [0, 7],
        [1, 1],
      ]),
    });
  });

  it('drops what the group has passed', () => {
    expect(fence([record(0, 5), record(0, 6)], new Map([[0, 6]]))).toEqual({
      records: [record(0, 6)],
      positions: new Map([[0, 7]]),
    });
  });

  it('has nothing left of a batch that somebody else has handled', () => {
    expect(fence([record(0, 5)], new Map([[0, 9]]))).toEqual({ records: [], positions: new Map() });
  });

  it.each([
    ['that begins above the position', [record(0, 7)]],
    ['with a hole', [record(0, 6), record(0, 8)]],
    ['of a partition without a position', [record(3, 0)]],
  ])('refuses a batch %s', (_, batch) => {
    expect(() => fence(batch, new Map([[0, 6]]))).toThrow(OutOfStepError);
  });
});
