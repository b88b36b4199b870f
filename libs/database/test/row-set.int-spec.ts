import { rowSet } from '../src/stores/row-set.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

const things = rowSet({
  id: 'uuid',
  name: 'text',
  count: 'integer',
  total: 'bigint',
  is_seen: 'boolean',
  seen_at: 'timestamptz',
  content: 'jsonb',
});

const full = {
  id: '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01',
  name: 'Ann',
  count: -3,
  total: 5_000_000_000,
  is_seen: false,
  seen_at: new Date('2026-11-29T12:00:00.123Z'),
  content: { text: 'Is it "blue"?', parts: [1, null, '\u001e'] },
};
const empty = { id: full.id, name: null, count: null, total: null, is_seen: null, seen_at: null, content: null };

describe('rows as one parameter a column', () => {
  let opened: OpenedDatabase;

  beforeAll(async () => {
    opened = await openMigratedDatabase();
  });
  afterAll(() => opened.close());

  const read = (rows: readonly Readonly<Record<keyof typeof full, unknown>>[]): Promise<object[]> =>
    opened.database.query(`select ${things.names} from ${things.from(1)}`, things.parameters(rows));

  it.each([
    ['one row', [full]],
    ['nothing but nulls', [empty]],
    ['nulls between values', [full, empty, full]],
    ['no row', []],
    ['text that is empty', [{ ...full, name: '' }]],
    ['text that holds what separates lists', [{ ...full, name: 'a\u001eb' }, full]],
    ['text with quotes, backslashes and braces', [{ ...full, name: '{"a\\b", NULL}' }]],
    ['text that says null', [{ ...full, name: 'NULL' }]],
    ['JSON that is a text', [{ ...full, content: 'blue' }]],
    ['empty objects and lists', [{ ...full, content: { text: '', parts: [] } }]],
  ])('gives back %s as it was', async (_, rows) => {
    expect(await read(rows)).toEqual(rows);
  });
});
