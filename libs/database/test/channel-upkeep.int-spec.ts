import { randomUUID } from 'node:crypto';
import { present } from '../../../test/harness/only.js';
import type { Database } from '../src/database.js';
import type { ChannelRow } from '../src/stores/channel-rows.js';
import { channelStore } from '../src/stores/channel.store.js';
import { channelUpkeepStore, type DueChannel } from '../src/stores/channel-upkeep.store.js';
import { ChannelSteps, healthy, newPage } from './channel-steps.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

let opened: OpenedDatabase;
let database: Database;
let steps: ChannelSteps;
beforeAll(async () => {
  opened = await openMigratedDatabase(6);
  database = opened.database;
  steps = new ChannelSteps(database);
});
afterAll(() => opened.close());

/** Claims this one, which is made due. */
const claim = async (id: string): Promise<DueChannel> => {
  await database.query(`update channels set upkeep_due = '2001-01-01' where id = $1`, [id]);
  const rows = await channelUpkeepStore.claimDueInAnyWorkspace(database, 1);
  expect(rows.map((row) => row.id)).toEqual([id]);
  return present(rows[0], 'the channel');
};

type Checked = Pick<ChannelRow, 'id' | 'epoch' | 'token_sealed'>;

describe('upkeep', () => {
  const far = (row: ChannelRow): number => row.upkeep_due.getTime() - row.state_since.getTime();

  it('is due a minute after a step that was not ended, and soon after a connect', async () => {
    const workspaceId = randomUUID();
    const begun = await steps.connecting(workspaceId);
    expect(far(begun)).toBeCloseTo(60_000, -4);
    const done = present(await steps.markConnected(begun), 'the channel');
    expect(far(done)).toBeCloseTo(10_000, -4);
    expect(far(await steps.disconnecting(workspaceId, done.id))).toBeCloseTo(60_000, -4);
  });

  it('gives a channel to one process at a time, and none that is disconnected', async () => {
    const workspaceId = randomUUID();
    const rows = await Promise.all([1, 2, 3, 4, 5, 6].map(() => steps.connected(workspaceId)));
    const gone = await steps.connected(workspaceId);
    await steps.disconnect(workspaceId, gone.id);
    const ids = rows.map(({ id }) => id);
    await database.query(`update channels set upkeep_due = '2001-01-01' where id = any($1)`, [[...ids, gone.id]]);

    const claims = await Promise.all([1, 2, 3].map(() => channelUpkeepStore.claimDueInAnyWorkspace(database, 4)));
    const claimed = claims.flat().map(({ id }) => id);
    expect(claimed.toSorted()).toEqual(ids.toSorted());
    expect(await channelUpkeepStore.claimDueInAnyWorkspace(database, 4)).toEqual([]);
  });

  it('keeps what was asked for sooner', async () => {
    const workspaceId = randomUUID();
    const claimed = await claim((await steps.connected(workspaceId)).id);
    await channelUpkeepStore.hurryPageInAnyWorkspace(database, claimed);
    await channelUpkeepStore.putOff(workspaceId, database, claimed, 600);
    const again = await channelUpkeepStore.claimDueInAnyWorkspace(database, 1);
    expect(again.map(({ id }) => id)).toEqual([claimed.id]);
    await channelUpkeepStore.putOff(workspaceId, database, present(again[0], 'the claim'), 600);
    expect(await channelUpkeepStore.claimDueInAnyWorkspace(database, 1)).toEqual([]);
  });

  it('hurries nobody who is still connecting', async () => {
    const workspaceId = randomUUID();
    const begun = await steps.connecting(workspaceId);
    await channelUpkeepStore.hurryPageInAnyWorkspace(database, begun);
    expect(await channelUpkeepStore.claimDueInAnyWorkspace(database, 1)).toEqual([]);
  });

  it('writes down what it found, but not what was said to an older token, nor over reauth_required', async () => {
    const workspaceId = randomUUID();
    const row = await steps.connected(workspaceId);
    const degraded = { fields: [], health: { state: 'degraded', reason: 'gone' } } as const;
    const fine = { fields: ['messages'], health: { state: 'connected', reason: null } } as const;
    const record = (found: typeof degraded | typeof fine, checked: Checked = row) =>
      channelUpkeepStore.recordCheck(workspaceId, database, checked, found);

    expect(await record(fine)).toBeNull();
    expect(await record(degraded, { id: row.id, epoch: row.epoch, token_sealed: 'older' })).toBeNull();
    expect(await record(degraded)).toMatchObject({ version: 3, health_state: 'degraded', subscribed_fields: [] });
    expect(await record(degraded)).toBeNull();
    expect(await record(fine)).toMatchObject({
      version: 4,
      health_state: 'connected',
      subscribed_fields: ['messages'],
    });
    await channelStore.updateHealth(workspaceId, database, row.id, { state: 'reauth_required', reason: 'dead' });
    expect(await record(fine)).toBeNull();
  });

  it('knows how far unrouted records were read again', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const row = await steps.connected(workspaceId, page);
    const since = present(row.replay_since, 'replay_since');
    expect(row.created_at.getTime() - since.getTime()).toBeCloseTo(60_000, -4);
    const later = new Date(since.getTime() + 5);
    const move = (from: Date, to: Date | null) =>
      channelUpkeepStore.moveReplay(workspaceId, database, row.id, { from, to });

    expect(await move(since, later)).toBe(true);
    expect(await move(since, null)).toBe(false);
    expect(await move(later, null)).toBe(true);
    expect(await steps.putConnecting(workspaceId, page)).toMatchObject({ channel: { replay_since: null } });
    // through another app: what that one has signed was nobody's so far
    expect(await steps.markConnected(row, { ...healthy, source_app_id: '2002' })).toMatchObject({
      replay_since: new Date(row.created_at.getTime() - 60_000),
    });
  });

  it('reads again from the moment on that a page was disconnected', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const row = await steps.connected(workspaceId, page);
    await channelUpkeepStore.moveReplay(workspaceId, database, row.id, {
      from: present(row.replay_since, 'replay_since'),
      to: null,
    });
    const gone = await steps.disconnect(workspaceId, row.id);
    expect(await steps.connecting(workspaceId, page)).toMatchObject({
      replay_since: new Date(gone.state_since.getTime() - 60_000),
    });
  });
});
