import { existsSync, readFileSync } from 'node:fs';

const paths = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/`((?:apps|libs|tools|docs)\/[^`\s]+\.\w+)`/g)].map(
  ([, path = '']) => path,
);

describe('ARCHITECTURE.md', () => {
  it('names files', () => {
    expect(paths.length).toBeGreaterThan(30);
  });

  it.each([...new Set(paths)])('names %s, which is there', (path) => {
    expect(existsSync(path)).toBe(true);
  });
});
