import { readEnvironment, readProcessConfig } from '#libs/config';
import { readOrder, usage } from './dead-letters/read-order.js';
import { carryOut } from './dead-letters/carry-out.js';
import { withParleyDatabase } from './dead-letters/with-parley-database.js';

/** `npm run dead-letters -- list`: what could not be passed, and what to do with it. */
const read = readProcessConfig('standalone', readEnvironment());
const order = readOrder(process.argv.slice(2));
const complain = (text: string): void => void process.stderr.write(`${text}\n`);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (!read.ok) {
  for (const problem of read.problems) complain(`- ${problem}`);
  process.exitCode = 2;
} else if (typeof order === 'string') {
  complain(`${order}\n\n${usage}`);
  process.exitCode = 2;
} else {
  try {
    const isDone = await withParleyDatabase(read.config, complain, (database) =>
      carryOut(database, order, { say, complain }),
    );
    process.exitCode = isDone ? 0 : 1;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
