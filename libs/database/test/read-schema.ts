/** Whoever can send SQL: our `Queryable` or TypeORM's runner. */
interface SqlReader {
  query(sql: string): Promise<unknown>;
}

export interface Schema {
  readonly columns: readonly string[];
  readonly indexes: readonly string[];
  readonly constraints: readonly string[];
  readonly functions: readonly string[];
  /** Tables with what they are told about storage. */
  readonly tables: readonly string[];
}

const statements: Record<keyof Schema, string> = {
  columns: `select concat_ws(' ', table_name, column_name, udt_name, datetime_precision, 'nullable=' || is_nullable,
    regexp_replace(column_default, '''(\\d+)''::bigint', '\\1')) as line from information_schema.columns where table_schema = 'public'`,
  indexes: `select indexdef as line from pg_indexes where schemaname = 'public'`,
  constraints: `select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
    from pg_constraint where connamespace = 'public'::regnamespace`,
  functions: `select pg_get_functiondef(oid) as line from pg_proc where pronamespace = 'public'::regnamespace`,
  tables: `select concat_ws(' ', relname, relkind, reloptions) as line
    from pg_class where relnamespace = 'public'::regnamespace and relkind <> 'i'`,
};

/** What is in the schema `public`, as text that can be compared. Our own book of migrations is left out. */
export async function readSchema(sql: SqlReader): Promise<Schema> {
  const lines = async (statement: string): Promise<string[]> => {
    const rows = (await sql.query(statement)) as { line: string }[];
    return rows
      .map((row) => row.line)
      .filter((line) => !line.includes('schema_migrations'))
      .sort();
  };
  return {
    columns: await lines(statements.columns),
    indexes: await lines(statements.indexes),
    constraints: await lines(statements.constraints),
    functions: await lines(statements.functions),
    tables: await lines(statements.tables),
  };
}
