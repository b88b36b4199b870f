import { readTraceparent, traceIdOf } from './traceparent.js';

// the examples of https://www.w3.org/TR/trace-context/ (§3.2.5) and the breaches of its §3.2.2
const sampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const notSampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

describe('traceparent', () => {
  it.each([sampled, notSampled])('is taken as it is: %s', (given) => {
    expect(readTraceparent(given)).toBe(given);
  });

  it('of a later version is read as far as this one goes', () => {
    const later = 'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(readTraceparent(later)).toBe(sampled);
    expect(readTraceparent(`${later}-what-the-future-will-be-like`)).toBe(sampled);
  });

  it.each([
    undefined,
    '',
    'x',
    [sampled, sampled],
    `${sampled}, ${sampled}`,
    sampled.toUpperCase(),
    ` ${sampled}`,
    `${sampled}-more`,
    `${sampled}.`,
    `cc${sampled.slice(2)}.more`,
    `ff${sampled.slice(2)}`,
    sampled.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    sampled.replace('00f067aa0ba902b7', '0'.repeat(16)),
    sampled.replace('-01', '-1'),
    sampled.replace('4bf9', '4bg9'),
    `${sampled}\n`,
  ])('that is none is as if it were not there: %j', (given) => {
    expect(readTraceparent(given)).toBeUndefined();
  });

  it('says its trace', () => {
    expect(traceIdOf(sampled)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });
});
