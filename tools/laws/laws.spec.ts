import { folderBreaches, folderScenery, lawfulFiles, type Files } from './folder-breaches.js';
import { lawfulSources, lintBreaches, lintScenery } from './lint-breaches.js';
import { inRepository, runForJson, withTree } from './seeded-tree.js';

interface Finding {
  law: string;
  path: string;
}

interface OwnLaws {
  folder: string[];
  lint: string[];
}

async function cruiseBreaches(): Promise<Finding[]> {
  const breaches = Object.fromEntries(folderBreaches.map(({ from, content }) => [from, content]));
  return withTree({ ...folderScenery, ...lawfulFiles, ...breaches }, async (folder) => {
    const args = ['apps', 'libs', '--output-type=json', `--config=${inRepository('.dependency-cruiser.cjs')}`];
    const report = await runForJson('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', args, folder);
    const { summary } = report as { summary: { violations: { rule: { name: string }; from: string }[] } };
    return summary.violations.map(({ rule, from }) => ({ law: rule.name, path: from }));
  });
}

async function lintBreachesOnce(): Promise<Finding[]> {
  const breaches = Object.fromEntries(lintBreaches.map(({ path, content }) => [path, content]));
  return withTree({ ...lintScenery, ...lawfulSources, ...breaches }, async (folder) => {
    const args = ['.', '--format=json', `--config=${inRepository('eslint.config.js')}`];
    const report = await runForJson('node_modules/eslint/bin/eslint.js', args, folder);
    const files = report as { filePath: string; messages: { ruleId: string | null; message: string }[] }[];
    return files.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, message }) => ({
        law: `${ruleId ?? 'broken'}: ${message}`,
        path: filePath.slice(filePath.indexOf(folder) + folder.length + 1),
      })),
    );
  });
}

function ruleOf(law: string): string {
  return law.replace(/: .*/s, '');
}

/** `rule`, or `rule: what`, where the linter's message names what was used or repeats our words. */
function isNamedBy(finding: Finding, law: string): boolean {
  const rule = ruleOf(law);
  const what = law.slice(rule.length).replace(/^: /, '');
  return finding.law.startsWith(`${rule}: `) && finding.law.includes(what);
}

function isOneOf(paths: Files): (finding: Finding) => boolean {
  return ({ path }) => path in paths;
}

describe('the laws of this repository', () => {
  let laws: OwnLaws;
  let cruised: Finding[];
  let linted: Finding[];

  beforeAll(async () => {
    [laws, cruised, linted] = await Promise.all([
      runForJson('tools/laws/own-laws.mjs', []) as Promise<OwnLaws>,
      cruiseBreaches(),
      lintBreachesOnce(),
    ]);
  });

  it.each(folderBreaches)('$rule refuses $from', ({ rule, from }) => {
    expect(cruised).toContainEqual({ law: rule, path: from });
  });

  it.each(lintBreaches)('$law refuses $path', ({ law, path }) => {
    const findings = linted.filter(isOneOf({ [path]: '' }));
    expect(findings.filter((finding) => isNamedBy(finding, law))).toHaveLength(1);
  });

  it('have a seeded breach for every rule of the folders', () => {
    const proven = new Set(folderBreaches.map(({ rule }) => rule));
    expect(laws.folder.filter((rule) => !proven.has(rule))).toEqual([]);
  });

  it('have a seeded breach for every rule of our own in eslint', () => {
    const unproven = laws.lint.filter((law) => !lintBreaches.some((breach) => law.startsWith(breach.law)));
    expect(unproven).toEqual([]);
  });

  it('let lawful imports through', () => {
    expect(cruised.filter(isOneOf(lawfulFiles))).toEqual([]);
  });

  it('let lawful sources through', () => {
    const ofOurOwn = linted.filter((finding) => laws.lint.some((law) => isNamedBy(finding, ruleOf(law))));
    expect(ofOurOwn.filter(isOneOf(lawfulSources))).toEqual([]);
  });
});
