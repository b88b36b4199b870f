export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the text format and throws at whatever is against it.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function readExposition(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const page: Page = { samples: [], seen: new Set(), families: new Map(), family: '' };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const comment = /^# (?:HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment === null) addSample(page, line);
    else addComment(page, line, comment);
  }
  checkHistograms(page.samples, page.families);
  return page.samples;
}

interface Page {
  readonly samples: Sample[];
  readonly seen: Set<string>;
  /** Type by name. */
  readonly families: Map<string, string>;
  family: string;
}

function addComment(page: Page, line: string, [, name = '', rest = '']: RegExpExecArray): void {
  if (line.startsWith('# TYPE')) {
    if (page.family !== name) throw new Error(`${name} has no help.`);
    page.families.set(name, rest);
    return;
  }
  if (page.families.has(name)) throw new Error(`${name} comes in two places.`);
  page.family = name;
  page.families.set(name, '');
}

function addSample(page: Page, line: string): void {
  const sample = readSample(line);
  const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
  if (page.seen.has(key)) throw new Error(`${line}: the same series twice.`);
  page.seen.add(key);
  checkFamily(sample, page.family, page.families.get(page.family) ?? '');
  page.samples.push(sample);
}

/** Of the one series that has at least these labels. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = withLabels(samples, name, labels);
  const [sample] = found;
  if (sample === undefined || found.length > 1)
    throw new Error(`${name}${JSON.stringify(labels)} is there ${found.length} times.`);
  return sample.value;
}

/** 0 where the series is not there yet. */
export function countOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return withLabels(samples, name, labels).length === 0 ? 0 : valueOf(samples, name, labels);
}

function withLabels(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>>): Sample[] {
  return samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
}

function readSample(line: string): Sample {
  const found = /^([^{\s]+)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|Nan|\+Inf|-Inf)$/i.exec(line);
  if (found === null || !namePattern.test(found[1] ?? '')) throw new Error(`Not a sample: ${line}`);
  const [, name = '', labels = '', value = ''] = found;
  return { name, labels: readLabels(labels, line), value: value.endsWith('Inf') ? Infinity : Number(value) };
}

function readLabels(text: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let left = text;
  while (left !== '') {
    const found = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)",?/.exec(left);
    if (found === null) throw new Error(`Labels that cannot be read: ${line}`);
    const [all, label = '', value = ''] = found;
    if (label in labels) throw new Error(`The label ${label} is there twice: ${line}`);
    labels[label] = value;
    left = left.slice(all.length);
  }
  return labels;
}

function checkFamily({ name }: Sample, family: string, type: string): void {
  const allowed = (suffixes[type] ?? ['']).map((suffix) => `${family}${suffix}`);
  if (!allowed.includes(name)) throw new Error(`${name} stands below ${family}, a ${type}.`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`The counter ${name} does not end in _total.`);
}

function checkHistograms(samples: readonly Sample[], families: ReadonlyMap<string, string>): void {
  for (const [family] of [...families].filter(([, type]) => type === 'histogram')) {
    const counts = samples.filter(({ name }) => name === `${family}_count`);
    for (const { labels, value } of counts) {
      const buckets = samples.filter(
        (sample) =>
          sample.name === `${family}_bucket` &&
          Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted),
      );
      const values = buckets.map((bucket) => bucket.value);
      const isRising = values.every((each, index) => index === 0 || each >= (values[index - 1] ?? 0));
      if (!isRising || buckets.at(-1)?.labels['le'] !== '+Inf' || values.at(-1) !== value)
        throw new Error(`The buckets of ${family}${JSON.stringify(labels)} do not add up: ${values.join(' ')}`);
    }
  }
}
