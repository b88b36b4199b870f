/** About so long the event loop is held before others have their turn, ms. */
const sliceMs = 5;

/** The same for each, in order; what comes from outside is heard in between. */
export async function inSlices<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - since < sliceMs) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}
