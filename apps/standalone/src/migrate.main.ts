import { readProcessConfig, readEnvironment } from '#libs/config';
import { migrate } from '#libs/database';

/** `npm run migrate`: brings the schema of `DATABASE_URL` up to this release. */
const read = readProcessConfig('migrate', readEnvironment());
if (read.ok) {
  const { applied } = await migrate(read.config.databaseUrl);
  process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
} else {
  process.stderr.write(read.problems.map((problem) => `- ${problem}\n`).join(''));
  process.exitCode = 1;
}
