import type { Database } from '#libs/database';
import {
  deadLetterIdOf,
  dismissDeadLetter,
  findDeadLetter,
  listDeadLetters,
  openPostgresEventLog,
  replayDeadLetter,
  type DeadLetter,
} from '#libs/event-log';
import type { DeadLetterId, Order } from './read-order.js';
import { describeDeadLetter, deadLetterLine, deadLetterJson } from './render-dead-letter.js';

/** What one command shows or replays at once. */
const limit = 1_000;

interface Voice {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** False: something of it could not be done. */
export function carryOut(database: Database, order: Order, voice: Voice): Promise<boolean> {
  switch (order.verb) {
    case 'list':
      return list(database, order, voice);
    case 'show':
      return forEach(database, order.ids, voice, (letter) => {
        voice.say(describeDeadLetter(letter));
        return Promise.resolve(true);
      });
    case 'dismiss':
      return forEach(database, order.ids, voice, (letter) => dismiss(database, letter, voice));
    case 'replay':
      return replay(database, order, voice);
  }
}

async function list(
  database: Database,
  { topic, withEnded, isJson }: Extract<Order, { verb: 'list' }>,
  { say }: Voice,
): Promise<boolean> {
  const letters = await listDeadLetters(database, { topic, withEnded, limit });
  for (const letter of letters) say(isJson ? deadLetterJson(letter) : deadLetterLine(letter));
  if (!isJson && letters.length === 0) say('There is no dead letter.');
  if (!isJson && letters.length === limit) say(`The oldest ${limit} are shown.`);
  return true;
}

async function replay(database: Database, order: Extract<Order, { verb: 'replay' }>, voice: Voice): Promise<boolean> {
  const log = await openPostgresEventLog({ database });
  const send = async (letter: DeadLetter): Promise<boolean> => {
    const id = deadLetterIdOf(letter.record);
    const isDone = await database.transaction((sql) => replayDeadLetter(sql, log, letter, { again: order.again }));
    if (isDone) voice.say(`Replayed ${id}.`);
    else voice.complain(`${id} was ${letter.outcome ?? 'dealt with'} before: --again replays it once more.`);
    return isDone;
  };
  try {
    if (order.ids !== 'all') return await forEach(database, order.ids, voice, send);
    const letters = await listDeadLetters(database, { topic: order.topic, withEnded: false, limit });
    let isAllDone = true;
    for (const letter of letters) isAllDone = (await send(letter)) && isAllDone;
    voice.say(`${letters.length} dead letters.`);
    return isAllDone;
  } finally {
    await log.close();
  }
}

async function dismiss(database: Database, letter: DeadLetter, { say, complain }: Voice): Promise<boolean> {
  const id = deadLetterIdOf(letter.record);
  const isDone = await database.transaction((sql) => dismissDeadLetter(sql, letter));
  if (isDone) say(`Dismissed ${id}.`);
  else complain(`${id} was ${letter.outcome ?? 'dealt with'} before.`);
  return isDone;
}

async function forEach(
  database: Database,
  ids: readonly DeadLetterId[],
  { complain }: Voice,
  work: (letter: DeadLetter) => Promise<boolean>,
): Promise<boolean> {
  let isAllDone = true;
  for (const id of ids) {
    const letter = await findDeadLetter(database, id);
    if (letter === null) complain(`There is no dead letter ${deadLetterIdOf(id)}: list shows what there is.`);
    isAllDone = letter !== null && (await work(letter)) && isAllDone;
  }
  return isAllDone;
}
