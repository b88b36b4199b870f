import { randomUUID } from 'node:crypto';
import { present } from '../../../test/harness/only.js';
import type { Database, Queryable } from '../src/database.js';
import {
  idempotencyStore,
  type ClaimOutcome,
  type IdempotencyClaim,
  type IdempotencyRequest,
} from '../src/stores/idempotency.store.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';
import { waitForBlocked } from './wait-for-blocked.js';

let opened: OpenedDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openMigratedDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

const workspaceId = randomUUID();
const answer = { status: 200, body: '{"id":"m1", "text":"\\u0000 as it was"}' };

const request = (changes: Partial<IdempotencyRequest> = {}): IdempotencyRequest => ({
  key: randomUUID(),
  path: '/messages.send',
  requestSha256: Buffer.alloc(32, 1),
  leaseSeconds: null,
  ...changes,
});

const claim = (sql: Queryable, asked: IdempotencyRequest): Promise<ClaimOutcome> =>
  idempotencyStore.claim(workspaceId, sql, asked);

const claimOf = async (sql: Queryable, asked: IdempotencyRequest): Promise<IdempotencyClaim> => {
  const outcome = await claim(sql, asked);
  return present(outcome.kind === 'claimed' ? outcome.claim : undefined, `the claim instead of ${outcome.kind}`);
};

const answerOnce = (asked: IdempotencyRequest): Promise<boolean> =>
  database.transaction(async (transaction) =>
    idempotencyStore.complete(workspaceId, transaction, await claimOf(transaction, asked), answer),
  );

const runOut = (key: string): Promise<object[]> =>
  database.query(`update idempotency_keys set lease_until = now() - interval '1 ms' where key = $1 returning 1`, [key]);

describe('a key, its effect and its answer in one transaction', () => {
  it('answers the same request again, word for word', async () => {
    const asked = request();
    await answerOnce(asked);

    expect(await claim(database, asked)).toEqual({ kind: 'answered', ...answer });
  });

  it('refuses another body and another path under the same key', async () => {
    const asked = request();
    await answerOnce(asked);

    expect(await claim(database, { ...asked, requestSha256: Buffer.alloc(32, 2) })).toEqual({ kind: 'reused' });
    expect(await claim(database, { ...asked, path: '/messages.resend' })).toEqual({ kind: 'reused' });
  });

  it('leaves the key free when the transaction fails', async () => {
    const asked = request();
    const failing = database.transaction(async (transaction) => {
      await claimOf(transaction, asked);
      throw new Error('no effect');
    });
    await expect(failing).rejects.toThrow('no effect');

    expect(await claim(database, asked)).toMatchObject({ kind: 'claimed' });
  });

  it('keeps the keys of two workspaces apart', async () => {
    const asked = request();
    await answerOnce(asked);

    expect(await idempotencyStore.claim(randomUUID(), database, asked)).toMatchObject({ kind: 'claimed' });
  });

  it('lets one of two callers at once do it and gives the other its answer', async () => {
    const asked = request();
    let second: Promise<ClaimOutcome> | undefined;
    await database.transaction(async (transaction) => {
      const held = await claimOf(transaction, asked);
      second = claim(database, asked);
      await waitForBlocked(database);
      await idempotencyStore.complete(workspaceId, transaction, held, answer);
    });

    expect(await second).toEqual({ kind: 'answered', ...answer });
  });

  it('lets the second caller do it when the first one fails', async () => {
    const asked = request();
    let second: Promise<ClaimOutcome> | undefined;
    const failing = database.transaction(async (transaction) => {
      await claimOf(transaction, asked);
      second = claim(database, asked);
      await waitForBlocked(database);
      await transaction.query('select 1/0');
    });
    await expect(failing).rejects.toThrow('division by zero');

    expect(await second).toMatchObject({ kind: 'claimed' });
  });

  it('says that the first is still running to a caller that has waited long enough', async () => {
    const asked = request();
    const second = await database.transaction(async (transaction) => {
      await claimOf(transaction, asked);
      return claim(database, asked);
    });

    expect(second).toEqual({ kind: 'running', retryAfterSeconds: 1 });
  });
});

describe('a key with a lease', () => {
  const leased = (): IdempotencyRequest => request({ path: '/channels.facebook.connect', leaseSeconds: 60 });

  it('holds for the lease and says how long to wait', async () => {
    const asked = leased();
    await claimOf(database, asked);

    expect(await claim(database, asked)).toEqual({ kind: 'running', retryAfterSeconds: 60 });
    expect(await claim(database, { ...asked, path: '/messages.send' })).toEqual({ kind: 'reused' });
  });

  it('answers the same request again once it is completed', async () => {
    const asked = leased();
    const held = await claimOf(database, asked);

    expect(await idempotencyStore.complete(workspaceId, database, held, answer)).toBe(true);
    expect(await claim(database, asked)).toEqual({ kind: 'answered', ...answer });
  });

  it('is free again after an error', async () => {
    const asked = leased();
    await idempotencyStore.release(workspaceId, database, await claimOf(database, asked));

    expect(await claim(database, { ...asked, requestSha256: Buffer.alloc(32, 9) })).toMatchObject({ kind: 'claimed' });
  });

  it('is taken over by one caller when the lease has run out, and the first one can no longer answer or free it', async () => {
    const asked = leased();
    const first = await claimOf(database, asked);
    await runOut(asked.key);
    const outcomes = await Promise.all([1, 2, 3].map(() => claim(database, asked)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['claimed', 'running', 'running']);

    expect(await idempotencyStore.complete(workspaceId, database, first, answer)).toBe(false);
    await idempotencyStore.release(workspaceId, database, first);

    expect(await claim(database, asked)).toMatchObject({ kind: 'running' });
  });
});

describe('pruning', () => {
  it('forgets what is older than 24 h and keeps the rest', async () => {
    const [old, young] = [request(), request()];
    await answerOnce(old);
    await answerOnce(young);
    const age = 'update idempotency_keys set created_at = now() - $2::interval where key = $1';
    await database.query(age, [old.key, '25 h 1 min']);
    await database.query(age, [young.key, '24 h 1 min']);

    expect(await idempotencyStore.pruneInAnyWorkspace(database)).toBe(1);
    expect(await claim(database, old)).toMatchObject({ kind: 'claimed' });
    expect(await claim(database, young)).toMatchObject({ kind: 'answered' });
  });
});
