import { z } from 'zod';
import type { ListPage, ListPosition } from '#libs/database';
import { AppError } from '#libs/errors';
import { instantSchema } from '#libs/messaging';
import type { CursorSeal } from '#libs/security';
import type { ListRequest } from './list.request.js';

const defaultSize = 20;
const maxSize = 100;

const cursorSchema = z.object({ at: instantSchema, id: z.uuid(), direction: z.enum(['older', 'newer']) });
type Cursor = z.infer<typeof cursorSchema>;

/** A list sorted by time and id, newest first. */
export interface SortedList<Row> {
  /** What a cursor is good for: the call, the workspace, and whatever else the rows depend on. */
  readonly purpose: string;
  read(page: ListPage): Promise<readonly Row[]>;
  placeOf(row: Row): ListPosition;
}

export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly previous_cursor: string | null;
  readonly next_cursor: string | null;
}

/** One page: `next_cursor` leads to what is older, `previous_cursor` to what is newer, null where nothing is. */
export async function readSlice<Row>(
  seal: CursorSeal,
  list: SortedList<Row>,
  request: ListRequest,
): Promise<Slice<Row>> {
  refuseFilters(request.filters);
  const size = Math.min(request.page_size ?? defaultSize, maxSize);
  const from = request.cursor === undefined ? null : openCursor(seal, list.purpose, request.cursor);
  const side = from?.direction === 'newer' ? readNewer(list, size, from) : readOlder(list, size, from);
  const { rows, hasNewer, hasOlder } = await side;
  const cursorAt = (row: Row | undefined, direction: Cursor['direction']): string | null => {
    const place = row === undefined ? from : list.placeOf(row);
    return place && seal.seal(list.purpose, { at: place.at, id: place.id, direction } satisfies Cursor);
  };
  return {
    rows,
    previous_cursor: hasNewer ? cursorAt(rows[0], 'newer') : null,
    next_cursor: hasOlder ? cursorAt(rows.at(-1), 'older') : null,
  };
}

interface Side<Row> {
  readonly rows: readonly Row[];
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

// One row more than asked for tells whether it goes on.

/** The row that a cursor stood on is still there, here or moved to the top: it is newer than what is older than it. */
async function readOlder<Row>(list: SortedList<Row>, size: number, from: Cursor | null): Promise<Side<Row>> {
  const read = await list.read({ limit: size + 1, from, direction: 'older' });
  return { rows: read.slice(0, size), hasNewer: from !== null, hasOlder: read.length > size };
}

/** If that row has moved to the top, perhaps nothing is older any more: that is asked. */
async function readNewer<Row>(list: SortedList<Row>, size: number, from: Cursor): Promise<Side<Row>> {
  const read = await list.read({ limit: size + 1, from, direction: 'newer' });
  const rows = read.slice(-size);
  const oldest = rows.at(-1);
  const older = await list.read({
    limit: 1,
    from: oldest === undefined ? from : list.placeOf(oldest),
    direction: 'older',
  });
  return { rows, hasNewer: read.length > size, hasOlder: older.length > 0 };
}

function openCursor(seal: CursorSeal, purpose: string, text: string): Cursor {
  const cursor = cursorSchema.safeParse(seal.open(purpose, text));
  if (cursor.success) return cursor.data;
  throw new AppError('cursor_invalid', 'This cursor was not given by this list.');
}

function refuseFilters(filters: unknown): void {
  const isEmpty =
    filters === undefined ||
    filters === '' ||
    (typeof filters === 'object' && filters !== null && Object.keys(filters).length === 0);
  if (!isEmpty) throw new AppError('filter_unsupported', 'Filters are not supported yet: leave `filters` out.');
}
