import { historyStore } from '#libs/database';
import type { Failure } from '#libs/messaging';
import { requestIdOf, resultRecord, unknownResult } from './send-result.js';
import type { SenderHouse } from './turn.js';

const pageSize = 500;

const restored: Failure = {
  code: 'outcome_unknown',
  category: 'unknown',
  retryable: false,
  message:
    'The database was put back from a backup that holds this message as not sent; it may have been sent since. ' +
    'Look into the conversation at the source before sending it again.',
};

/** After a backup was put back: tells of every send whose outcome is unknown since. Answers how many. */
export async function tellDoubts(house: SenderHouse): Promise<number> {
  if (!(await historyStore.mayOweNews(house.database))) return 0;
  return house.database.transaction(async (sql) => {
    if (!(await historyStore.owesNews(sql))) return 0;
    let told = 0;
    let last: string | null = null;
    for (;;) {
      const page = await historyStore.doubtedInAnyWorkspace(sql, last, pageSize);
      house.log.appendIn(
        sql,
        page.map((message) =>
          resultRecord(
            unknownResult({ message, sourceContactId: message.source_contact_id }, restored, house.now()),
            requestIdOf(message),
          ),
        ),
      );
      told += page.length;
      last = page.at(-1)?.id ?? null;
      if (page.length < pageSize) break;
    }
    await historyStore.newsIsTold(sql);
    return told;
  });
}
