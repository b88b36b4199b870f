type JsonObject = Readonly<Record<string, unknown>>;

/** JSON Merge Patch (RFC 7396): objects are merged, null removes, everything else replaces. */
export function mergeData(target: unknown, patch: JsonObject): Record<string, unknown> {
  // a map, because assigning to a key like `__proto__` would not make a field
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? mergeData(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
