import { randomUUID } from 'node:crypto';
import type { Database } from '../src/database.js';
import { housekeepingStore } from '../src/stores/housekeeping.store.js';
import { operatorStore } from '../src/stores/operator.store.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

let opened: OpenedDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openMigratedDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

const workspace = randomUUID();

async function addMessage(state: string, ageSeconds: number): Promise<void> {
  await database.query(
    `insert into messages (id, workspace_id, conversation_id, channel_id, source, version, from_contact, sender_type, sender,
       content, state, attempt, sent_at, received_at, counts_as_unread)
     values ($1, $2, $1, $1, 'facebook', 1, false, 'agent', '{}', '{}', $3, 1,
       now() - make_interval(secs => $4), now(), false)`,
    [randomUUID(), workspace, state, ageSeconds],
  );
}

async function addAttempt(state: string): Promise<void> {
  await database.query(
    `insert into send_attempts (message_id, attempt, workspace_id, conversation_id, channel_id, state, tries, lane_epoch, opened_at)
     values ($1, 1, $2, $1, $1, $3, 1, 1, now())`,
    [randomUUID(), workspace, state],
  );
}

async function addEffect(awaits: string, days: number): Promise<void> {
  await database.query(
    `insert into waiting_effects (channel_id, awaits, event_id, workspace_id, conversation_id, event, created_at)
     values ($1, $2, $1, $3, $1, '{}', now() - make_interval(days => $4))`,
    [randomUUID(), awaits, workspace, days],
  );
}

async function addChannel(state: string, health: string, tokenSeconds: number | null): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into channels (id, workspace_id, source, source_channel_id, source_app_id, state, name, health_state, token_expires_at)
     values ($1::uuid, $2, 'facebook', $1::text, 'app', $3, 'A page', $4, now() + make_interval(secs => $5))`,
    [id, workspace, state, health, tokenSeconds],
  );
  return id;
}

describe('what an operator watches', () => {
  it('is nothing in an empty installation', async () => {
    expect(await operatorStore.openSendsInAnyWorkspace(database)).toEqual({ open: 0, oldest_seconds: 0, attempts: 0 });
    expect(await operatorStore.countWaitingInAnyWorkspace(database)).toBe(0);
    expect(await operatorStore.countHealthInAnyWorkspace(database)).toEqual([]);
    expect(await operatorStore.channelsInAnyWorkspace(database)).toEqual([]);
  });

  it('counts the sends that are open, and says how old the oldest is', async () => {
    await addMessage('pending', 90);
    await addMessage('pending', 5);
    await addMessage('sent', 1_000);
    await addAttempt('open');
    await addAttempt('accepted');

    const sends = await operatorStore.openSendsInAnyWorkspace(database);
    expect(sends).toMatchObject({ open: 2, attempts: 1 });
    expect(sends.oldest_seconds).toBeGreaterThanOrEqual(90);
    expect(sends.oldest_seconds).toBeLessThan(100);
  });

  it('shows the channels that are not disconnected, those that need somebody first', async () => {
    const healthy = await addChannel('connected', 'connected', null);
    const dead = await addChannel('connected', 'reauth_required', -60);
    await addChannel('disconnected', 'disconnected', null);
    await database.query(
      `insert into channel_activity (channel_id, workspace_id, last_event_at) values ($1, $2, now() - interval '1 hour')`,
      [healthy, workspace],
    );

    const channels = await operatorStore.channelsInAnyWorkspace(database);
    expect(channels).toEqual([
      {
        channel_id: dead,
        health_state: 'reauth_required',
        last_event_seconds: null,
        token_seconds: expect.closeTo(-60, -1) as number,
      },
      {
        channel_id: healthy,
        health_state: 'connected',
        last_event_seconds: expect.closeTo(3600, -1) as number,
        token_seconds: null,
      },
    ]);
    expect(await operatorStore.countHealthInAnyWorkspace(database)).toEqual([
      { state: 'connected', count: 1 },
      { state: 'disconnected', count: 1 },
      { state: 'reauth_required', count: 1 },
    ]);
  });
});

describe('housekeeping', () => {
  it('forgets effects of messages that never came, and none that waits for a send', async () => {
    await addEffect('mid:old', 31);
    await addEffect('mid:young', 29);
    await addEffect('sends:old', 400);
    await addEffect('message:old', 400);

    expect(await housekeepingStore.forgetWaitingInAnyWorkspace(database)).toBe(1);
    const left = await database.query<{ awaits: string }>('select awaits from waiting_effects order by 1');
    expect(left.map(({ awaits }) => awaits)).toEqual(['message:old', 'mid:young', 'sends:old']);
    expect(await operatorStore.countWaitingInAnyWorkspace(database)).toBe(3);
  });

  it('forgets members of groups that nobody belongs to any more', async () => {
    await database.query(
      `insert into consumer_members (consumer_group, topic, member, until)
       values ('g', 't', 'gone', now() - interval '2 days'), ('g', 't', 'silent', now() - interval '1 hour')`,
    );

    expect(await housekeepingStore.forgetMembers(database)).toBe(1);
    expect(await database.query('select member from consumer_members')).toEqual([{ member: 'silent' }]);
  });

  it('is done by one at a time, and held off while somebody begins to read', async () => {
    await database.transaction(async (first) => {
      expect(await housekeepingStore.tryLock(first)).toBe(true);
      await database.transaction(async (second) => {
        expect(await housekeepingStore.tryLock(second)).toBe(false);
      });
    });
    await database.transaction(async (reader) => {
      await housekeepingStore.holdOff(reader);
      await database.transaction(async (keeper) => {
        expect(await housekeepingStore.tryLock(keeper)).toBe(false);
      });
    });
    await database.transaction(async (last) => {
      expect(await housekeepingStore.tryLock(last)).toBe(true);
    });
  });
});

describe('what is told after the commit', () => {
  it('is told when the transaction is committed, in order, and not when it is rolled back', async () => {
    const told: string[] = [];
    await database.transaction(async (sql) => {
      sql.afterCommit(() => told.push('first'));
      sql.afterCommit(() => told.push('second'));
      await sql.query('select 1');
      expect(told).toEqual([]);
    });
    const failing = database.transaction((sql) => {
      sql.afterCommit(() => told.push('never'));
      return Promise.reject(new Error('no'));
    });

    await expect(failing).rejects.toThrow('no');
    expect(told).toEqual(['first', 'second']);
  });
});
