/** The one element of a list that must have exactly one. */
export function only<Item>(items: readonly Item[], what = 'element'): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) {
    throw new Error(`Expected exactly one ${what}, found ${items.length}: ${JSON.stringify(items).slice(0, 2_000)}`);
  }
  return item;
}

/** The element at `index` (from the end when negative) of a list that must have one there. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items.at(index);
  if (item === undefined) throw new Error(`There is no element ${index} among ${items.length}`);
  return item;
}

/** A value that must be there. */
export function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}

/** For a list that must be empty. */
export function none(items: readonly string[], what: string): void {
  if (items.length > 0) throw new Error(`${items.length} ${what}: ${items.slice(0, 20).join(', ')}`);
}
