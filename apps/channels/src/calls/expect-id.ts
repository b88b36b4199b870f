import { AppError } from '#libs/errors';

const ownForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Ids are opaque to the caller: a text that can't be one of ours is not malformed, it is the id of nothing. */
export function expectId(kind: 'channel' | 'conversation' | 'message' | 'workspace' | 'API key', id: string): string {
  if (!ownForm.test(id)) throw nothingWith(kind, id);
  return id;
}

export function expectFound<Row>(kind: Parameters<typeof expectId>[0], id: string, row: Row | null): Row {
  if (row === null) throw nothingWith(kind, id);
  return row;
}

function nothingWith(kind: string, id: string): AppError {
  return new AppError('not_found', `There is no ${kind} ${id.slice(0, 100)}.`);
}
