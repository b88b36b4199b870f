import { randomUUID } from 'node:crypto';
import { present } from '../../../test/harness/only.js';
import type { Database } from '../src/database.js';
import { channelConnectionStore, type PutConnecting } from '../src/stores/channel-connection.store.js';
import { channelStore } from '../src/stores/channel.store.js';
import { ChannelSteps, healthy, newPage } from './channel-steps.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';
import { waitForBlocked } from './wait-for-blocked.js';

let opened: OpenedDatabase;
let database: Database;
let steps: ChannelSteps;
beforeAll(async () => {
  opened = await openMigratedDatabase(6);
  database = opened.database;
  steps = new ChannelSteps(database);
});
afterAll(() => opened.close());

describe('connecting a page', () => {
  it('makes a row that owns the page and is not connected yet', async () => {
    const workspaceId = randomUUID();
    const page = newPage({
      image_url: 'https://example.com/b.png',
      token_expires_at: new Date('2999-01-01T00:00:00.000Z'),
    });

    expect(await steps.putConnecting(workspaceId, page)).toEqual({
      kind: 'connecting',
      channel: {
        id: page.proposed_id,
        workspace_id: workspaceId,
        source: 'facebook',
        source_channel_id: page.source_channel_id,
        source_app_id: '1001',
        state: 'connecting',
        version: 1,
        name: 'Bakery',
        image_url: 'https://example.com/b.png',
        user_data: {},
        token_sealed: `sealed for ${page.proposed_id}`,
        token_expires_at: new Date('2999-01-01T00:00:00.000Z'),
        subscribed_fields: [],
        health_state: 'disconnected',
        health_reason: 'connecting',
        health_since: expect.any(Date),
        last_verification: null,
        created_at: expect.any(Date),
        state_since: expect.any(Date),
        epoch: 0,
        upkeep_due: expect.any(Date),
        replay_since: expect.any(Date),
        contacts_paused_until: null,
        last_event_at: null,
        last_gap: null,
      },
    });
  });

  it('opens the workspace’s row again under its old id, with a token sealed for that id', async () => {
    const workspaceId = randomUUID();
    const before = await steps.connected(workspaceId);
    await steps.disconnect(workspaceId, before.id);
    const page = newPage({ source_channel_id: before.source_channel_id, source_app_id: '2002', name: 'Bakery 2' });

    expect(await steps.putConnecting(workspaceId, page)).toMatchObject({
      kind: 'connecting',
      channel: {
        id: before.id,
        state: 'connecting',
        version: 4,
        epoch: 2,
        source_app_id: '2002',
        name: 'Bakery 2',
        token_sealed: `sealed for ${before.id}`,
        created_at: before.created_at,
      },
    });
  });

  it('is refused while another workspace owns the page, and makes a new channel once it does not', async () => {
    const [owner, other] = [randomUUID(), randomUUID()];
    const owned = await steps.connected(owner);
    const page = newPage({ source_channel_id: owned.source_channel_id });
    expect(await steps.putConnecting(other, page)).toEqual({ kind: 'taken' });

    const leaving = await steps.disconnecting(owner, owned.id);
    expect(await steps.putConnecting(other, page)).toEqual({ kind: 'taken' });

    await steps.end(leaving, 'disconnecting');
    expect(await steps.putConnecting(other, page)).toMatchObject({
      kind: 'connecting',
      channel: { id: page.proposed_id },
    });
    expect(await steps.putConnecting(owner, page)).toEqual({ kind: 'taken' });
  });

  it('gives the page to one of two workspaces that ask at once, and tells the other without an error (interleaving 12)', async () => {
    const page = newPage();
    let second: Promise<PutConnecting> | undefined;
    const first = await database.transaction(async (transaction) => {
      const put = await channelConnectionStore.putConnecting(randomUUID(), transaction, page);
      second = steps.putConnecting(randomUUID(), { ...page, proposed_id: randomUUID() });
      await waitForBlocked(database);
      return put;
    });

    expect(first.kind).toBe('connecting');
    expect(await second).toEqual({ kind: 'taken' });
  });

  it('keeps one id when one workspace asks several times at once', async () => {
    const workspaceId = randomUUID();
    const source_channel_id = randomUUID();
    const rows = await Promise.all([1, 2, 3].map(() => steps.connecting(workspaceId, newPage({ source_channel_id }))));

    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
    expect(rows.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
  });

  it('is forbidden by the database itself for two owners (interleaving 12)', async () => {
    const page = newPage();
    await steps.connecting(randomUUID(), page);
    const copy = database.query(
      `insert into channels (id, workspace_id, source, source_channel_id, source_app_id, state, name, health_state)
       select gen_random_uuid(), gen_random_uuid(), source, source_channel_id, source_app_id, state, name, health_state
       from channels where id = $1`,
      [page.proposed_id],
    );

    await expect(copy).rejects.toMatchObject({ code: '23505', constraint: 'channels_page_owner' });
  });
});

describe('a channel’s states', () => {
  it('becomes connected with all that one call has verified', async () => {
    const workspaceId = randomUUID();
    const row = await steps.markConnected(await steps.connecting(workspaceId), {
      source_app_id: '2002',
      name: 'Bread',
      image_url: 'https://example.com/c.png',
      token_sealed: 'its token',
      token_expires_at: new Date('2999-01-01T00:00:00.000Z'),
      subscribed_fields: ['messages', 'message_echoes'],
      health: { state: 'degraded', reason: 'echoes' },
    });

    expect(row).toMatchObject({
      state: 'connected',
      version: 2,
      source_app_id: '2002',
      name: 'Bread',
      image_url: 'https://example.com/c.png',
      token_sealed: 'its token',
      token_expires_at: new Date('2999-01-01T00:00:00.000Z'),
      subscribed_fields: ['messages', 'message_echoes'],
      health_state: 'degraded',
      health_reason: 'echoes',
    });
  });

  it('stays connected, as it is, while it is connected again', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const before = await steps.connected(workspaceId, page);

    expect(await steps.putConnecting(workspaceId, { ...page, source_app_id: '2002' })).toEqual({
      kind: 'connected',
      channel: before,
    });
    expect(await channelStore.find(workspaceId, database, before.id)).toEqual(before);
    expect(await steps.markConnected(before, { ...healthy, token_sealed: 'newer' })).toMatchObject({
      id: before.id,
      state_since: before.state_since,
      token_sealed: 'newer',
      version: 3,
    });
  });

  it('is left whole by the last of several connects, whichever it is', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const [first, second] = [await steps.connecting(workspaceId, page), await steps.connecting(workspaceId, page)];
    const third = await steps.connecting(workspaceId, page);

    expect(await steps.markConnected(second, { ...healthy, token_sealed: 'second' })).toMatchObject({
      state: 'connected',
    });
    expect(await steps.end(third, 'connecting')).toBeNull();
    expect(await steps.markConnected(first, { ...healthy, token_sealed: 'first', name: 'First' })).toMatchObject({
      state: 'connected',
      token_sealed: 'first',
      name: 'First',
    });
  });

  it('is connected by a call whose companion has given up, unless the page has another owner by then', async () => {
    const [workspaceId, other] = [randomUUID(), randomUUID()];
    const page = newPage();
    const row = await steps.connecting(workspaceId, page);
    await steps.end(row, 'connecting', 'refused');
    expect(await steps.markConnected(row)).toMatchObject({ state: 'connected', health_reason: null });

    const lost = newPage();
    const late = await steps.connecting(workspaceId, lost);
    await steps.end(late, 'connecting', 'refused');
    await steps.connecting(other, { ...lost, proposed_id: randomUUID() });
    expect(await steps.markConnected(late)).toBeNull();
  });

  it('shows the end at once, and forgets the token when the source was told', async () => {
    const workspaceId = randomUUID();
    const before = await steps.connected(workspaceId);

    const leaving = await steps.disconnecting(workspaceId, before.id);
    expect(leaving).toMatchObject({
      version: 3,
      epoch: before.epoch + 1,
      token_sealed: 'sealed anew',
      token_expires_at: null,
      subscribed_fields: [],
      health_state: 'disconnected',
    });
    expect(await steps.end(leaving, 'disconnecting')).toMatchObject({
      id: before.id,
      state: 'disconnected',
      version: 3,
      name: 'Bakery',
      token_sealed: null,
      health_reason: null,
    });
    expect(await steps.markDisconnecting(workspaceId, before.id)).toBeNull();
  });

  it('says why the source could not be told, as a new version', async () => {
    const workspaceId = randomUUID();
    const leaving = await steps.disconnecting(workspaceId, (await steps.connected(workspaceId)).id);
    expect(await steps.end(leaving, 'disconnecting', 'away')).toMatchObject({ version: 4, health_reason: 'away' });
  });

  it('is not disconnected by the late end of a call that a new connect has overtaken', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const leaving = await steps.disconnecting(workspaceId, (await steps.connected(workspaceId, page)).id);
    const again = await steps.connecting(workspaceId, page);

    expect(await steps.end(leaving, 'disconnecting')).toBeNull();
    expect(await steps.markConnected(again)).toMatchObject({ state: 'connected' });
    expect(await steps.end(leaving, 'disconnecting')).toBeNull();
  });

  it('is not connected by the late end of a call that a disconnect has overtaken', async () => {
    const workspaceId = randomUUID();
    const page = newPage();
    const begun = await steps.connecting(workspaceId, page);
    const leaving = await steps.disconnecting(workspaceId, begun.id);

    expect(await steps.markConnected(begun)).toBeNull();
    await steps.end(leaving, 'disconnecting');
    expect(await steps.markConnected(begun)).toBeNull();
    await steps.connecting(workspaceId, page);
    expect(await steps.markConnected(begun)).toBeNull();
  });

  it('changes in its own workspace only', async () => {
    const [owner, other] = [randomUUID(), randomUUID()];
    const { id } = await steps.connected(owner);

    expect(await steps.markDisconnecting(other, id)).toBeNull();
    expect(await channelStore.update(other, database, id, { name: 'Theirs' })).toBeNull();
    expect(await channelStore.updateHealth(other, database, id, { state: 'degraded', reason: null })).toBeNull();
    expect(await channelStore.find(other, database, id)).toBeNull();
    expect(await channelStore.findMany(other, database, [id])).toEqual([]);
    expect(await channelStore.find(owner, database, id)).toMatchObject({ version: 2, name: 'Bakery' });
  });
});

describe('looking a channel up', () => {
  it('finds the owner of a page for a webhook, whosever it is, unless it is disconnected', async () => {
    const workspaceId = randomUUID();
    const row = await steps.connected(workspaceId);
    expect(await channelStore.findByPageInAnyWorkspace(database, 'facebook', row.source_channel_id)).toEqual(row);
    expect(await channelStore.findByPageInAnyWorkspace(database, 'other', row.source_channel_id)).toBeNull();

    await steps.disconnect(workspaceId, row.id);

    expect(await channelStore.findByPageInAnyWorkspace(database, 'facebook', row.source_channel_id)).toBeNull();
  });

  it('gives no page to a channel that is being disconnected', async () => {
    const workspaceId = randomUUID();
    const row = await steps.connected(workspaceId);
    await steps.disconnecting(workspaceId, row.id);
    expect(await channelStore.findByPageInAnyWorkspace(database, 'facebook', row.source_channel_id)).toBeNull();
  });

  it('says which pages are connected in a workspace', async () => {
    const [workspaceId, other] = [randomUUID(), randomUUID()];
    const mine = await steps.connected(workspaceId);
    const begun = await steps.connecting(workspaceId);
    const theirs = await steps.connected(other);
    const pages = [mine, begun, theirs].map((row) => row.source_channel_id);
    expect(await channelStore.connectedPages(workspaceId, database, 'facebook', pages)).toEqual([
      mine.source_channel_id,
    ]);
    expect(await channelStore.connectedPages(workspaceId, database, 'other', pages)).toEqual([]);
  });

  it('finds the channel of a webhook’s URL, disconnected or not', async () => {
    const workspaceId = randomUUID();
    const { id } = await steps.connected(workspaceId);
    await steps.disconnect(workspaceId, id);

    expect(await channelStore.findForWebhookInAnyWorkspace(database, 'facebook', id)).toMatchObject({ id });
    expect(await channelStore.findForWebhookInAnyWorkspace(database, 'other', id)).toBeNull();
  });

  it('lists what is connected, by source, and the rest when asked', async () => {
    const workspaceId = randomUUID();
    const first = await steps.connected(workspaceId);
    const second = await steps.connected(workspaceId, newPage({ source: 'other' }));
    const gone = await steps.connected(workspaceId);
    await steps.disconnect(workspaceId, gone.id);
    const begun = await steps.connecting(workspaceId);
    const list = async (filter: Parameters<typeof channelStore.list>[2]): Promise<string[]> =>
      (await channelStore.list(workspaceId, database, filter)).map(({ id }) => id);

    expect(await list({})).toEqual([first.id, second.id]);
    expect(await list({ source: 'other' })).toEqual([second.id]);
    expect(await list({ includeDisconnected: true })).toEqual([first.id, second.id, gone.id, begun.id]);
  });

  it('finds many at once', async () => {
    const workspaceId = randomUUID();
    const rows = [await steps.connected(workspaceId), await steps.connecting(workspaceId)];

    const found = await channelStore.findMany(workspaceId, database, [...rows.map(({ id }) => id), randomUUID()]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(rows));
  });
});

describe('changing a channel', () => {
  it('changes what is named, raises the version, and does neither when all is as it was', async () => {
    const workspaceId = randomUUID();
    const { id } = await steps.connected(workspaceId);

    expect(
      await channelStore.update(workspaceId, database, id, { name: 'Bread', user_data: { a: [1] } }),
    ).toMatchObject({
      version: 3,
      name: 'Bread',
      image_url: null,
      user_data: { a: [1] },
    });
    expect(await channelStore.update(workspaceId, database, id, { name: 'Bread', user_data: { a: [1] } })).toBeNull();
    expect(await channelStore.find(workspaceId, database, id)).toMatchObject({ version: 3, name: 'Bread' });
  });

  it('makes others wait for a row that is locked', async () => {
    const workspaceId = randomUUID();
    const { id } = await steps.connected(workspaceId);
    let other: Promise<unknown> | undefined;
    await database.transaction(async (transaction) => {
      const row = present(await channelStore.lock(workspaceId, transaction, id), 'the channel');
      other = channelStore.update(workspaceId, database, id, { name: 'second' });
      await waitForBlocked(database);
      await channelStore.update(workspaceId, transaction, row.id, { name: 'first' });
    });

    expect(await other).toMatchObject({ name: 'second', version: 4 });
  });

  it('raises the version with its health, and dates the state, not the reason', async () => {
    const workspaceId = randomUUID();
    const { id, health_since } = await steps.connected(workspaceId);
    await database.query(`update channels set health_since = '2020-01-01' where id = $1`, [id]);

    const degraded = await channelStore.updateHealth(workspaceId, database, id, {
      state: 'degraded',
      reason: 'echoes',
    });
    expect(degraded).toMatchObject({ version: 3, health_state: 'degraded', health_reason: 'echoes' });
    expect(degraded?.health_since.getTime()).toBeGreaterThanOrEqual(health_since.getTime());

    await database.query(`update channels set health_since = '2020-01-01' where id = $1`, [id]);
    expect(
      await channelStore.updateHealth(workspaceId, database, id, { state: 'degraded', reason: 'fields' }),
    ).toMatchObject({ version: 4, health_reason: 'fields', health_since: new Date('2020-01-01T00:00:00.000Z') });
    expect(
      await channelStore.updateHealth(workspaceId, database, id, { state: 'degraded', reason: 'fields' }),
    ).toBeNull();
  });

  it('leaves the health of a disconnected channel alone', async () => {
    const workspaceId = randomUUID();
    const { id } = await steps.connected(workspaceId);
    await steps.disconnect(workspaceId, id);

    expect(await channelStore.updateHealth(workspaceId, database, id, { state: 'connected', reason: null })).toBeNull();
  });

  it('remembers the last verification', async () => {
    const workspaceId = randomUUID();
    const { id } = await steps.connected(workspaceId);
    const verification = { at: '2026-11-20T10:00:00.000Z', ok: false, reason: 'wrong token' };

    expect(await channelStore.recordVerification(workspaceId, database, id, verification)).toMatchObject({
      version: 3,
      last_verification: verification,
    });
    const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds)).toISOString();
    const record = (changes: object) =>
      channelStore.recordVerification(workspaceId, database, id, { ...verification, ...changes });
    expect(await record({ at: at(9) })).toBeNull();
    expect(await record({ at: at(9), ok: true })).toMatchObject({ version: 4, last_verification: { at: at(9) } });
    expect(await record({ at: at(20), ok: true })).toMatchObject({ version: 5, last_verification: { at: at(20) } });
  });

  it('keeps the latest activity of each channel and no version of it', async () => {
    const workspaceId = randomUUID();
    const [first, second] = [await steps.connected(workspaceId), await steps.connected(workspaceId)];
    const at = (second_: number): Date => new Date(Date.UTC(2026, 10, 20, 10, 0, second_, 5));
    const touch = (channel_id: string, last_event_at: Date) => ({
      workspace_id: workspaceId,
      channel_id,
      last_event_at,
    });

    await channelStore.touchActivity(database, []);
    await channelStore.touchActivity(database, [
      touch(first.id, at(3)),
      touch(second.id, at(1)),
      touch(first.id, at(2)),
    ]);
    await channelStore.touchActivity(database, [touch(first.id, at(1)), touch(second.id, at(4))]);

    expect(await channelStore.find(workspaceId, database, first.id)).toMatchObject({
      version: 2,
      last_event_at: at(3),
    });
    expect(await channelStore.find(workspaceId, database, second.id)).toMatchObject({
      version: 2,
      last_event_at: at(4),
    });
  });
});
