import { readEnvironment, readProcessConfig } from '#libs/config';
import { declareRestored } from '#libs/database';
import { withParleyDatabase } from './dead-letters/with-parley-database.js';

/** `npm run recover`: after a backup was put back where nothing outside of it remembers how far the database had come. */
const read = readProcessConfig('standalone', readEnvironment());
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

if (read.ok) {
  try {
    const doubted = await withParleyDatabase(read.config, complain, declareRestored);
    process.stdout.write(
      `The database counts as put back: every cursor of a stream is too old now, and ${String(doubted)} sends that wait in it ` +
        'become unknown. A sender tells of them; whoever wants one sent calls messages.resend.\n',
    );
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
} else {
  for (const problem of read.problems) complain(`- ${problem}`);
  process.exitCode = 2;
}
