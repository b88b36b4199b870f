type ColumnType = 'uuid' | 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz' | 'jsonb';

/** Every column of a row with its type. */
export type ColumnsOf<Row> = { readonly [Name in keyof Row]-?: ColumnType };

export interface RowSet<Column extends string> {
  readonly columns: readonly Column[];
  /** As they stand in an insert and a select. */
  readonly names: string;
  /** What stands behind `from`: rows named `r`, whose parameters begin with `$first`. */
  from(first: number): string;
  /** One for each column. */
  parameters(rows: readonly Readonly<Record<Column, unknown>>[]): unknown[];
}

/** Occurs in the text of no value but of type text: JSON escapes it. The function `log_append` has the same. */
const separator = '\u001e';

/**
 * Rows as one parameter a column. PostgreSQL reads them in a third of the time that it takes for the same rows as one JSON text
 * (7 instead of 22 µs a message). Lists joined by U+001E are the cheapest; text may hold that, so it goes as an array.
 */
export function rowSet<Column extends string>(types: Readonly<Record<Column, ColumnType>>): RowSet<Column> {
  const entries = Object.entries(types) as [Column, ColumnType][];
  const columns = entries.map(([column]) => column);
  const names = columns.join(', ');
  return {
    columns,
    names,
    from: (first) => {
      const lists = entries.map(([, type], index) => listOf(type, `$${String(first + index)}`));
      return `unnest(${lists.join(', ')}) r(${names})`;
    },
    parameters: (rows) =>
      entries.map(([column, type]) =>
        type === 'text' ? rows.map((row) => row[column]) : rows.map((row) => asText(type, row[column])).join(separator),
      ),
  };
}

/** Nothing between two separators is null: only text can be empty. */
function listOf(type: ColumnType, parameter: string): string {
  return type === 'text' ? `${parameter}::text[]` : `string_to_array(${parameter}, chr(30), '')::${type}[]`;
}

function asText(type: ColumnType, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  // numbers and booleans look the same in both languages
  return typeof value === 'string' && type !== 'jsonb' ? value : JSON.stringify(value);
}
