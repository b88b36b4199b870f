import { verdictOn } from './graph-errors.js';
import type { Verdict } from './verdict.js';

type Fact = readonly [
  code: number,
  subcodes: readonly number[],
  outcome: Verdict['outcome'],
  ours: Verdict['code'],
  category: Verdict['category'],
  retryable: boolean,
];

const repeated = ['not_sent', 'rate_limited', 'temporary', true] as const;
const unproven = ['unknown', 'graph_unavailable', 'unknown', false] as const;
const ofMessage = ['refused', 'graph_refused', 'request', false] as const;
const ofPerson = ['refused', 'graph_refused', 'contact', false] as const;
const ofPage = ['refused', 'graph_refused', 'page', false] as const;
const admin = ['refused', 'permission_missing', 'auth', false] as const;
const again = ['reauth', 'token_invalid', 'auth', true] as const;
const closed = ['refused', 'window_closed', 'policy', false] as const;
const owned = ['refused', 'thread_not_owned', 'policy', true] as const;

// Facts, not read from the code: https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
// (2026-06-25), and what clients reported. What may be repeated but may also have gone out is `unknown`: it is never repeated.
const TABLE: readonly Fact[] = [
  [1, [], ...unproven],
  [1, [99], ...admin],
  [1, [1357046], ...unproven],
  [1, [2018382], ...ofMessage],
  [2, [], ...unproven],
  [2, [2018344], ...admin],
  [3, [], ...admin],
  [4, [], ...repeated],
  [4, [2018022], ...repeated],
  [4, [2018354], 'refused', 'graph_refused', 'contact', true],
  [9, [2018352], 'refused', 'rate_limited', 'temporary', true],
  [10, [], ...admin],
  [10, [2018278, 2018065, 2534022], ...closed],
  [10, [2018108], 'refused', 'graph_refused', 'contact', true],
  [10, [2018336], ...ofPerson],
  [10, [2534077], ...admin],
  [10, [1404170], ...ofPage],
  [10, [1893015], ...ofPerson],
  [10, [1893063], 'refused', 'graph_refused', 'page', true],
  [17, [], ...repeated],
  [32, [], ...repeated],
  [100, [], ...ofMessage],
  [100, [33], ...ofMessage],
  [100, [2018001], ...ofPerson],
  [100, [2018008, 2018294], 'refused', 'graph_refused', 'request', true],
  [100, [2018014, 2018015, 2018040, 2018041, 2018053], ...ofMessage],
  [100, [2018047, 2018074, 2018109], ...ofMessage],
  [100, [2018164], ...ofMessage],
  [100, [2018320, 2018328], ...ofMessage],
  [100, [2534013], ...admin],
  [100, [2534014], ...ofPerson],
  [100, [2534015, 2534025], ...ofMessage],
  [100, [2534029], ...ofPage],
  [100, [2534037], ...owned],
  [102, [], ...again],
  [190, [], ...again],
  [190, [458, 459, 460, 463, 464, 467, 492], ...again],
  [200, [], ...admin],
  [200, [2018028], ...admin],
  [200, [1545041], ...ofPerson],
  [200, [2018021, 2018027], ...admin],
  [200, [2534041], ...admin],
  [230, [], ...admin],
  [368, [], ...ofPage],
  [341, [], ...repeated],
  [506, [], ...ofMessage],
  [551, [], ...ofPerson],
  [551, [1545041], ...ofPerson],
  [613, [], ...repeated],
  [613, [1893016], ...ofPerson],
  [613, [1996], ...repeated],
  [613, [2018338], ...ofPage],
  [613, [2534040], ...repeated],
  [1200, [], ...unproven],
  [1545041, [], ...ofPerson],
  [1545012, [], ...unproven],
  [2022, [], ...ofPage],
  [10303, [], ...ofMessage],
  [24001, [], ...ofMessage],
  [24002, [], ...ofMessage],
  [24005, [], ...ofMessage],
  [36103, [], ...ofMessage],
  [80001, [], ...repeated],
  [80002, [], ...repeated],
  [80006, [], ...repeated],
  [80008, [], ...repeated],
  [9000001, [], ...ofMessage],
  [2018144, [], ...ofMessage],
  [2018171, [], ...ofMessage],
  [2018234, [], ...ofMessage],
  [2018173, [], ...ofMessage],
  [2018180, [], ...ofMessage],
  [2018188, [], ...ofMessage],
  [2018218, [], ...ofPerson],
  [2018247, [], ...ofPerson],
  [2018300, [], ...owned],
  [2018321, [], ...owned],
  [2018389, [], ...ofMessage],
  [2018396, [], ...ofMessage],
  [2500, [], ...again],
];

interface Case {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly expected: Omit<Verdict, 'remedy'>;
}

function casesOf([code, subcodes, outcome, ours, category, retryable]: Fact): Case[] {
  const expected = { outcome, code: ours, category, retryable };
  const listed: readonly (number | undefined)[] = subcodes.length === 0 ? [undefined] : subcodes;
  return listed.map((subcode) => ({ code, subcode, expected }));
}

const CASES = TABLE.flatMap(casesOf).map((one) => [`${one.code}/${one.subcode ?? ''}`, one] as const);
/** From here on a number means the same wherever it stands. */
const HIGH = 100_000;
const HIGH_CASES = CASES.flatMap(([, { code, subcode, expected }]) =>
  [subcode ?? 0, code].filter((number) => number >= HIGH).map((number) => [number, expected] as const),
);

describe('verdictOn', () => {
  it.each(CASES)('knows %s', (_name, { code, subcode, expected }) => {
    expect(verdictOn(code, subcode)).toMatchObject(expected);
  });

  it.each(CASES)('says of %s what to do', (_name, { code, subcode }) => {
    // Two sentences: what it is, and what a person does about it, or that Parley does.
    expect(verdictOn(code, subcode)?.remedy).toMatch(
      /[.;:] .*\b(connect|wait|grant|check|correct|look|stop|set|switch|request|upload|change|use|start|go on|let|do not ask|send|sent again)\b/i,
    );
  });

  it.each(HIGH_CASES)('knows %d in either place', (number, expected) => {
    expect(verdictOn(number, undefined)).toMatchObject(expected);
    expect(verdictOn(100, number)).toMatchObject(expected);
    expect(verdictOn(200, number)).toMatchObject(expected);
  });

  it('falls back to the code where the subcode says nothing', () => {
    expect(verdictOn(190, 999)).toMatchObject({ outcome: 'reauth' });
    expect(verdictOn(4, 7)).toMatchObject({ outcome: 'not_sent' });
  });

  it('knows nothing of what is not listed', () => {
    expect(verdictOn(4711, undefined)).toBeUndefined();
    expect(verdictOn(4711, 99)).toBeUndefined();
  });
});
