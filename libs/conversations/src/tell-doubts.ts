import { historyStore, type DoubtedMessage } from '#libs/database';
import type { Failure } from '#libs/messaging';
import { keptOrigin, resultRecord, unknownResult } from './send-result.js';
import type { SenderHouse } from './turn.js';

const restored: Failure = {
  code: 'outcome_unknown',
  category: 'unknown',
  retryable: false,
  message:
    'The database was put back from a backup that holds this message as not sent; it may have been sent since. ' +
    'Look into the conversation at the source before sending it again.',
};

/**
 * After a backup was put back: tells of every send whose outcome is unknown since, a page a transaction, so that none is
 * too large for its time. What was told before a crash is told again, under the same ids. Answers how many.
 */
export async function tellDoubts(house: SenderHouse, perPage = 500): Promise<number> {
  const news = await historyStore.owedNews(house.database);
  if (news === null) return 0;
  let told = 0;
  let page: readonly DoubtedMessage[];
  let last: string | null = null;
  do {
    page = await tellPage(house, news, { last, perPage });
    told += page.length;
    last = page.at(-1)?.id ?? null;
  } while (page.length === perPage);
  return told;
}

interface Place {
  /** Of the page before. */
  readonly last: string | null;
  readonly perPage: number;
}

/** Empty: somebody else tells, all is told, or the data went back once more. */
function tellPage(house: SenderHouse, news: string, { last, perPage }: Place): Promise<readonly DoubtedMessage[]> {
  return house.database.transaction(async (sql) => {
    if (!(await historyStore.claimNews(sql, news))) return [];
    const page = await historyStore.doubtedInAnyWorkspace(sql, last, perPage);
    house.log.appendIn(
      sql,
      page.map((message) =>
        resultRecord(
          unknownResult({ message, sourceContactId: message.source_contact_id }, restored, house.now()),
          keptOrigin(message),
        ),
      ),
    );
    if (page.length < perPage) await historyStore.newsIsTold(sql, news);
    return page;
  });
}
