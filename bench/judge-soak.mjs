/** What a soak may grow by: 5 %. */
const maxRatio = 1.05;

/**
 * `minutes`: the resident memory of node at the end of each, MB. It is compared with that of minute `from`, by when everything was
 * loaded, compiled and cached that ever will be.
 */
export function judgeSoak({ minutes, from, refused, lost, notHeard, unsettled }) {
  const [first, last] = [minutes[from - 1], minutes.at(-1)];
  const ratio = first === undefined || minutes.length <= from ? undefined : last / first;
  const faults = [
    ...(ratio === undefined ? [`the memory was not compared: it took no longer than ${String(from)} minutes`] : []),
    ...(ratio > maxRatio ? [`the memory grew from ${String(first)} MB to ${String(last)} MB`] : []),
    ...named({ refused, lost, 'not heard': notHeard, 'not settled': unsettled }),
  ];
  return { ratio, faults };
}

function named(counts) {
  return Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${String(count)} ${name}`]));
}

/** Half of the samples are below it: one collection more or less says nothing. */
export function medianOf(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
}
