import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('docs/interleavings.md', 'utf8');
const paths = [...page.matchAll(/`((?:apps|libs|test|tools|docs)\/[^`\s]+\.\w+)`/g)].map(([, path = '']) => path);
const tests = [...page.matchAll(/`([^`\s]+\.ts)` › “([^”]+)”/g)].map(
  ([, path = '', name = '']) => [name, path] as const,
);
/** The lines of the first table, by the number they begin with. */
const findings = new Map(
  [...page.matchAll(/^\| (\d+b?) +\|(.*)\|(.*)\|(.*)\|$/gm)].map(([, number = '', , , proof = '']) => [number, proof]),
);

/** As a title stands in a source, in whatever quotes. */
function hasTitle(path: string, name: string): boolean {
  const source = readFileSync(path, 'utf8');
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

/** A test by name, or why there is none here. */
function isProven(proof: string): boolean {
  return proof.includes(' › “') || proof.includes('Kafka: issue 6');
}

describe('docs/interleavings.md', () => {
  it('has a line for each finding of the catalogue, with its proof', () => {
    const numbers = Array.from({ length: 30 }, (_, index) => String(index + 1));
    expect(numbers.filter((number) => !findings.has(number))).toEqual([]);
    expect([...findings].filter(([, proof]) => !isProven(proof))).toEqual([]);
  });

  it.each([...new Set(paths)])('names %s, which is there', (path) => {
    expect(existsSync(path)).toBe(true);
  });

  it.each(tests)('names the test “%s”, which is in %s', (name, path) => {
    expect(hasTitle(path, name)).toBe(true);
  });

  it('has tests that bear a number under that number', () => {
    const astray = [...findings].flatMap(([number, proof]) =>
      [...proof.matchAll(/\(interleaving ([\d, ]+)\)”/g)].filter(
        ([, borne = '']) => !borne.split(', ').includes(number),
      ),
    );
    expect(astray).toEqual([]);
  });
});
