/** What a soak may grow by: 5 %. */
const maxRatio = 1.05;
/**
 * Minutes that are looked at together. V8 collects all garbage every few minutes, and lets up to twice of what lives pile up
 * in between, more on a busy machine: what stays is seen in the lowest minute of several.
 */
const windowMinutes = 5;

/**
 * `minutes`: the samples of the resident memory of node in each, MB. The minutes up to minute `from`, by when everything was
 * loaded, compiled and cached that ever will be, are compared with the last ones: as far apart as the soak is longer.
 */
export function judgeSoak({ minutes, from, refused, lost, notHeard, unsettled }) {
  const width = Math.min(windowMinutes, from, minutes.length - from);
  const levels = width > 0 ? [lowestOf(minutes, from, width), lowestOf(minutes, minutes.length, width)] : undefined;
  const ratio = levels === undefined ? undefined : levels[1] / levels[0];
  const faults = [
    ...(ratio === undefined ? [`the memory was not compared: it took no longer than ${String(from)} minutes`] : []),
    ...(ratio > maxRatio ? [`the memory grew from ${String(levels[0])} MB to ${String(levels[1])} MB`] : []),
    ...named({ refused, lost, 'not heard': notHeard, 'not settled': unsettled }),
  ];
  return { ratio, levels, faults };
}

function lowestOf(minutes, end, width) {
  return Math.min(...minutes.slice(end - width, end).map(medianOf));
}

function named(counts) {
  return Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${String(count)} ${name}`]));
}

/** Half of the samples are below it: one collection more or less says nothing. */
export function medianOf(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
}
