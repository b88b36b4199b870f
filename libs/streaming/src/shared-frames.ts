import type { LogRecord } from '#libs/event-log';

/** Readers that stand at the same place get the same bytes, built once. */
export function sharedFrames(
  build: (cursor: string, record: LogRecord) => string,
): (cursor: string, record: LogRecord) => Buffer {
  const built = new WeakMap<LogRecord, { readonly cursor: string; readonly frame: Buffer }>();
  return (cursor, record) => {
    const known = built.get(record);
    if (known?.cursor === cursor) return known.frame;
    const frame = Buffer.from(build(cursor, record));
    built.set(record, { cursor, frame });
    return frame;
  };
}
