/** What a soak may grow by: 5 %. */
const maxRatio = 1.05;
/**
 * Minutes that are looked at together. V8 collects all garbage every few minutes, and lets up to twice of what lives pile up
 * in between, more on a busy machine: what stays is seen in the lowest minute of several.
 */
const windowMinutes = 5;

/**
 * `memory`: of each process for each minute {samples, collections}: its resident memory, MB, and how often V8 collected all its
 * garbage. The first minutes after minute `from`, by when everything was loaded, compiled and cached that ever will be, are
 * compared with the last ones. `counts`: what has to be 0, by its name.
 */
export function judgeSoak({ memory, from, counts }) {
  const judged = Object.entries(memory).map(([name, minutes]) => [name, compare(minutes, from)]);
  const faults = [
    ...(judged.length === 0 ? ['the memory of nobody was measured'] : []),
    ...judged.flatMap(([name, compared]) => faultsOf(name, compared, from)),
    ...Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${String(count)} ${name}`])),
  ];
  return { memory: Object.fromEntries(judged), faults };
}

function compare(minutes, from) {
  const after = minutes.slice(from);
  const width = Math.min(windowMinutes, Math.floor(after.length / 2));
  if (width === 0) return {};
  const windows = [after.slice(0, width), after.slice(-width)];
  const levels = windows.map((window) => Math.min(...window.map(({ samples }) => medianOf(samples))));
  const collections = windows.map((window) => window.reduce((sum, minute) => sum + minute.collections, 0));
  return { levels, ratio: levels[1] / levels[0], collections };
}

function faultsOf(name, { levels, ratio, collections }, from) {
  if (levels === undefined)
    return [`the memory of ${name} was not compared: it takes two minutes after minute ${String(from)}`];
  const grown = `the memory of ${name} grew from ${String(levels[0])} MB to ${String(levels[1])} MB`;
  // what piled up hides what stays; what is no number is no proof either
  const unfair = `the memory of ${name} cannot be compared: its garbage was not collected meanwhile`;
  return [...(ratio <= maxRatio ? [] : [grown]), ...(collections.every((count) => count > 0) ? [] : [unfair])];
}

/** Half of the samples are below it: one collection more or less says nothing. */
export function medianOf(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
}
