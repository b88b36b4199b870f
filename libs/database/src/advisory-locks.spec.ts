import { advisoryLocks } from './advisory-locks.js';

describe('the advisory locks', () => {
  it('are different, and those of the first release: processes of two releases run side by side', () => {
    expect(advisoryLocks).toMatchObject({ migration: 7265727989, housekeeping: 7265727990, history: 7265727991 });
    const numbers = Object.values<number>(advisoryLocks);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
