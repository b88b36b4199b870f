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

  it.each([
    ['the smallest and the largest integer', [-2_147_483_648, 2_147_483_647].map((count) => ({ ...full, count }))],
    ['numbers beyond 32 bits', [-5_000_000_001, 2 ** 53 - 1].map((total) => ({ ...full, total }))],
    [
      'times before 2000 and far from it',
      ['1969-12-31T23:59:59.999Z', '2000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map((at) => ({
        ...full,
        seen_at: new Date(at),
      })),
    ],
    ['text of more bytes than letters', [{ ...full, name: 'Zoë 🙂', content: 'Zoë 🙂' }, full]],
  ])('gives back %s as they were', async (_, rows) => {
    expect(await read(rows)).toEqual(rows);
  });

  it('reads every digit of a UUID, in small letters and capitals', async () => {
    const [id, other] = ['01234567-89ab-cdef-fedc-ba9876543210', 'ffffffff-0000-ffff-0000-ffffffffffff'];

    const rows = await read([id.toUpperCase(), other].map((each) => ({ ...full, id: each })));

    expect(rows).toMatchObject([{ id }, { id: other }]);
  });

  // what a batch is bisected to must look like what PostgreSQL refuses
  it.each([
    ['an integer that is too large', { count: 2_147_483_648 }, '22003'],
    ['an integer that is none', { count: 1.5 }, '22003'],
    ['a time that is none', { seen_at: new Date(Number.NaN) }, '22007'],
    ['a UUID that is too short', { id: '0b6f1f5e' }, '22P02'],
    ['a UUID that is too long', { id: `${full.id}0` }, '22P02'],
    ['a UUID that has other letters', { id: full.id.replace('b', 'x') }, '22P02'],
    ['a UUID that ends on another letter', { id: full.id.replace(/1$/, 'g') }, '22P02'],
    ['a UUID with a letter beyond ASCII', { id: full.id.replace('b', '\u{ff22}') }, '22P02'],
    ['text with U+0000', { name: 'a\u0000' }, '22021'],
  ])('refuses %s as a fault of its row', async (_, wrong, code) => {
    const reading = Promise.resolve().then(() => read([full, { ...full, ...wrong }]));

    await expect(reading).rejects.toMatchObject({ code });
  });
});
