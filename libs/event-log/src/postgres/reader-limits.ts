/** Other processes wake a reader; this is for what no word came of. */
export const pollMs = 250;
/** Beyond it what is handed over in memory is dropped and SQL reads: a slow reader never refuses an append. */
export const maxWaiting = 2_000;
export const maxWaitingChars = 16_777_216;
/** What one batch may hold, whatever the number of its records. */
export const maxBatchChars = 8_388_608;
/** What one question to PostgreSQL asks of each partition. */
export const maxPage = 500;
export const defaultMaxBatch = 500;
/** While the database works on one batch, the next is prepared. */
export const defaultMaxUnderWay = 3;
