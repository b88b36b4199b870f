import type { LogRecord } from '../event-log.js';
import { OutOfStepError, stepsOf } from './steps.js';

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

describe('stepsOf', () => {
  it('says for each partition where the group must stand and where it will, in the order of the partitions', () => {
    expect(stepsOf([record(1, 0), record(0, 5), record(1, 1), record(0, 6)])).toEqual([
      { partition: 0, from: 5, to: 7 },
      { partition: 1, from: 0, to: 2 },
    ]);
  });

  it.each([
    ['with a hole', [record(0, 6), record(0, 8)]],
    ['that goes back', [record(0, 6), record(0, 5)]],
    ['that holds a record twice', [record(0, 6), record(0, 6)]],
  ])('refuses a batch %s', (_, batch) => {
    expect(() => stepsOf(batch)).toThrow(OutOfStepError);
  });
});
