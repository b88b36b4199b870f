/** What no process of the product passes, with the reason. */
export const nowherePassed: readonly string[] = [
  // TypeORM's own module closes the pool
  'database.close.before',
  'database.close.after',
  // only when a backup is put back: test/e2e/restore.e2e-spec.ts, restore-roles.e2e-spec.ts
  'log.onRestored.told.before',
  'log.onRestored.told.after',
  // only where the source echoes nothing: test/e2e/silent-page.e2e-spec.ts
  'graph.find.before',
  'graph.find.answered',
];

/** A standalone is alone on its database and hears nobody: test/e2e/zombies.e2e-spec.ts passes these. */
export const amongProcesses: readonly string[] = [
  'database.listen.before',
  'database.listen.after',
  'database.listen.heard.before',
  'database.listen.heard.after',
];
