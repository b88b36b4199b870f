import { binaryArray, type ColumnType } from '../binary-array.js';

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

/**
 * Rows as one parameter a column. To read a message PostgreSQL takes 4 µs, 9 where the same lists are text, and 22 where it is one
 * JSON text.
 */
export function rowSet<Column extends string>(types: Readonly<Record<Column, ColumnType>>): RowSet<Column> {
  const entries = Object.entries(types) as [Column, ColumnType][];
  const columns = entries.map(([column]) => column);
  const names = columns.join(', ');
  return {
    columns,
    names,
    from: (first) => {
      const lists = entries.map(([, type], index) => `$${String(first + index)}::${type}[]`);
      return `unnest(${lists.join(', ')}) r(${names})`;
    },
    parameters: (rows) => entries.map(([column, type]) => binaryArray(type, valuesOf(rows, column))),
  };
}

/** A column in which nothing stands is an empty list: `unnest` fills up what is shorter than others, such as the keys, with nulls. */
function valuesOf<Column extends string>(
  rows: readonly Readonly<Record<Column, unknown>>[],
  column: Column,
): readonly unknown[] {
  const values = rows.map((row) => row[column]);
  return values.every((value) => value === null || value === undefined) ? [] : values;
}
