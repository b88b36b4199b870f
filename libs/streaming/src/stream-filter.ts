import type { LogRecord } from '#libs/event-log';

/** Absent: everything of the workspace. */
export interface StreamFilter {
  readonly channelIds?: ReadonlySet<string> | undefined;
  readonly conversationIds?: ReadonlySet<string> | undefined;
  readonly types?: ReadonlySet<string> | undefined;
}

/** Decided by key and headers: the value is not parsed for each reader. */
export function passes(filter: StreamFilter, { key, headers }: LogRecord): boolean {
  return (
    contains(filter.types, headers['event-type']) &&
    contains(filter.channelIds, headers['channel-id']) &&
    contains(filter.conversationIds, key)
  );
}

function contains(allowed: ReadonlySet<string> | undefined, value: string | undefined): boolean {
  return allowed === undefined || (value !== undefined && allowed.has(value));
}
