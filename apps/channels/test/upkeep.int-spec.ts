import type { Channel } from '#libs/messaging';
import { at, present } from '../../../test/harness/only.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { StartedChannels, type Workspace } from './started-channels.js';

describe('upkeep of channels', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let pages = 200;

  const newPageId = (): string => String((pages += 1));
  const connect = (pageId = newPageId(), token = `page-${pageId}`): Promise<Channel> =>
    workspace.client.connect({ page_id: pageId, page_token: token });
  const info = ({ id }: Channel): Promise<Channel> => workspace.client.channelInfo(id);
  const apps = ({ source_channel_id: pageId }: Channel): string => `${pageId}/subscribed_apps`;
  const fields = ({ source_channel_id: pageId }: Channel): readonly string[] | undefined =>
    started.graph.subscribedFields(pageId);
  /** What a process leaves that died between two steps. */
  const leave = async (channel: Channel, state: 'connecting' | 'disconnecting'): Promise<void> => {
    const sql = `update channels set state = $2, health_state = 'disconnected', state_since = clock_timestamp(),
      upkeep_due = clock_timestamp() + interval '60 s', epoch = epoch + 1 where id = $1`;
    await started.platform.database.query(sql, [channel.id, state]);
  };
  const lastAnnounced = async ({ id }: Channel): Promise<Channel> =>
    present((await started.announced(id)).at(-1), 'the announcement');

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
  });

  afterAll(() => started.stop());

  describe('of what a crash left', () => {
    it('leaves a call its time', async () => {
      const channel = await connect();
      await leave(channel, 'connecting');
      await started.keepDue();
      expect(await started.row(channel.id)).toMatchObject({ state: 'connecting' });
    });

    it('connects what was connecting, reads back and announces it', async () => {
      const channel = await connect();
      started.graph.unsubscribe(channel.source_channel_id);
      await leave(channel, 'connecting');
      await started.keep(channel.id);
      expect(await info(channel)).toMatchObject({ connected: true, health: { state: 'connected' } });
      expect(fields(channel)).toEqual(channel.health.subscribed_fields);
      expect(await lastAnnounced(channel)).toEqual(await info(channel));
    });

    it('disconnects it with the reason when Facebook refuses', async () => {
      const channel = await connect();
      await leave(channel, 'connecting');
      started.graph.refusals.set(`POST ${apps(channel)}`, { status: 400, code: 190 });
      await started.keep(channel.id);
      started.graph.refusals.clear();
      const now = await info(channel);
      expect(now).toMatchObject({ connected: false, health: { state: 'disconnected' } });
      expect(now.health.reason).toMatch(/token/);
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect(await lastAnnounced(channel)).toEqual(now);
    });

    it('waits while Facebook is away', async () => {
      const channel = await connect();
      await leave(channel, 'connecting');
      started.graph.refusals.set(`POST ${apps(channel)}`, { status: 500, code: 2 });
      await started.keep(channel.id);
      expect(await started.row(channel.id)).toMatchObject({ state: 'connecting' });
      started.graph.refusals.clear();
      await started.keep(channel.id);
      expect(await started.row(channel.id)).toMatchObject({ state: 'connected' });
    });

    it('ends what was disconnecting', async () => {
      const channel = await connect();
      await leave(channel, 'disconnecting');
      await started.keep(channel.id);
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect(fields(channel)).toBeUndefined();
    });

    it('gives up what it has no credentials for', async () => {
      const channels = [await connect(), await connect()];
      const ids = channels.map(({ id }) => id);
      await leave(at(channels, 0), 'connecting');
      await leave(at(channels, 1), 'disconnecting');
      await started.platform.database.query(`update channels set token_sealed = 'k1:junk' where id = any($1)`, [ids]);
      for (const id of ids) await started.keep(id);
      for (const id of ids) expect(await started.row(id)).toMatchObject({ state: 'disconnected', token_sealed: null });
    });
  });

  describe('of a subscription', () => {
    it('reads it back and says nothing when all is well', async () => {
      const channel = await connect();
      const posts = started.graph.calls(`POST ${apps(channel)}`);
      const gets = started.graph.calls(`GET ${apps(channel)}`);
      await started.keep(channel.id);
      expect(started.graph.calls(`GET ${apps(channel)}`)).toBe(gets + 1);
      expect(started.graph.calls(`POST ${apps(channel)}`)).toBe(posts);
      expect(await info(channel)).toEqual(channel);
      expect(await started.announced(channel.id)).toEqual([channel]);
    });

    it('looks again after about ten minutes, not all channels at once', async () => {
      const channels = await Promise.all([1, 2, 3, 4].map(() => connect()));
      const ids = channels.map(({ id }) => id);
      await started.platform.database.query('update channels set replay_since = null where id = any($1)', [ids]);
      for (const id of ids) await started.keep(id);
      const due = (await Promise.all(ids.map((id) => started.row(id)))).map(({ upkeep_due: at }) => at.getTime());
      expect(Math.min(...due) - Date.now()).toBeGreaterThan(400_000);
      expect(Math.max(...due) - Date.now()).toBeLessThan(760_000);
      expect(new Set(due.map((at) => Math.round(at / 1_000))).size).toBeGreaterThan(1);
    });

    it('subscribes again when Facebook has ended it', async () => {
      const channel = await connect();
      started.graph.unsubscribe(channel.source_channel_id);
      await started.keep(channel.id);
      expect(fields(channel)).toEqual(channel.health.subscribed_fields);
      expect(await info(channel)).toEqual(channel);
    });

    it('is degraded with the reason while that does not succeed, and recovers', async () => {
      const channel = await connect();
      started.graph.unsubscribe(channel.source_channel_id);
      started.graph.refusals.set(`POST ${apps(channel)}`, { status: 403, code: 200 });
      await started.keep(channel.id);
      await started.keep(channel.id);
      const degraded = await info(channel);
      expect(degraded).toMatchObject({ connected: true, health: { state: 'degraded', subscribed_fields: [] } });
      expect(degraded.health.reason).toMatch(/ended the subscription.*permission/);
      started.graph.refusals.clear();
      await started.keep(channel.id);
      const healthy = await info(channel);
      expect(healthy.health).toMatchObject({ state: 'connected', subscribed_fields: channel.health.subscribed_fields });
      expect(healthy.health.reason).toBeUndefined();
      expect(await started.announced(channel.id)).toEqual([channel, degraded, healthy]);
    });

    it('says nothing of a channel while Facebook is away', async () => {
      const channel = await connect();
      started.graph.refusals.set(`GET ${apps(channel)}`, { status: 500, code: 2 });
      await started.keep(channel.id);
      started.graph.refusals.clear();
      expect(await info(channel)).toEqual(channel);
    });

    it('needs a new token when the token is dead, and is well after a connect, under its old id', async () => {
      const channel = await connect();
      started.graph.refusals.set(`GET ${apps(channel)}`, { status: 400, code: 190 });
      await started.keep(channel.id);
      const dead = await info(channel);
      expect(dead).toMatchObject({ connected: true, health: { state: 'reauth_required' } });
      const asked = started.graph.paths.length;
      started.graph.refusals.clear();
      await started.keep(channel.id);
      // there is nothing to ask with
      expect(started.graph.paths).toHaveLength(asked);
      expect(await info(channel)).toEqual(dead);
      const { source_channel_id: pageId } = channel;
      const well = await connect(pageId, `page-${pageId}:new`);
      expect(well).toMatchObject({ id: channel.id, connected: true, health: { state: 'connected' } });
      expect(await started.announced(channel.id)).toEqual([channel, dead, well]);
    });

    it('shows when the token ends, the last handshake and the last event', async () => {
      const channel = await connect();
      const { database } = started.platform;
      await database.query(
        `update channels set token_expires_at = '2999-01-01', last_verification = $2 where id = $1`,
        [channel.id, { at: '2026-11-20T10:00:00.000Z', ok: true }],
      );
      await database.query(`insert into channel_activity values ($1, $2, '2026-11-20T10:00:01Z')`, [
        channel.id,
        workspace.id,
      ]);
      await started.keep(channel.id);
      expect((await info(channel)).health).toEqual({
        ...channel.health,
        token_expires_at: '2999-01-01T00:00:00.000Z',
        last_verification: { at: '2026-11-20T10:00:00.000Z', ok: true },
        last_event_at: '2026-11-20T10:00:01.000Z',
      });
    });
  });

  describe('of what calls at once leave', () => {
    /** Connects with tokens of their own, and disconnects, all at once on a slow Facebook. */
    const race = async (channel: Channel, acts: string): Promise<void> => {
      const { source_channel_id: pageId } = channel;
      const acting = new Map<string, (index: number) => Promise<unknown>>([
        [
          'c',
          (index) =>
            workspace.client.call('channels.facebook.connect', {
              page_id: pageId,
              page_token: `page-${pageId}:${index}`,
              name: `Connect ${index}`,
            }),
        ],
        ['d', () => workspace.client.disconnect(channel.id)],
      ]);
      await Promise.all(acts.split(' ').map((letter, index) => present(acting.get(letter), letter)(index)));
      await started.keepDue();
    };
    const atRest = async (channel: Channel): Promise<object> => {
      const { state, token_sealed: token, subscribed_fields: known } = await started.row(channel.id);
      return { state, hasToken: token !== null, known: known.length, held: fields(channel)?.length };
    };

    afterEach(() => {
      started.graph.slowMs = 0;
    });

    it.each([
      'c c c c',
      'd d d d',
      'c d',
      'd c',
      'c d c d',
      'd d c c',
      'c c d c d c',
      'c d d c d c d',
      'd c d c c d c c',
    ])(
      'row and Facebook agree after %s',
      async (acts) => {
        const channel = await connect();
        const full = channel.health.subscribed_fields.length;
        const rests = new Map<string, object>([
          ['connected', { state: 'connected', hasToken: true, known: full, held: full }],
          ['disconnected', { state: 'disconnected', hasToken: false, known: 0, held: undefined }],
        ]);
        started.graph.slowMs = 40;
        for (let round = 0; round < 3; round += 1) {
          await race(channel, acts);
          const { state } = await started.row(channel.id);
          expect(await atRest(channel)).toEqual(rests.get(state));
          expect(await lastAnnounced(channel)).toEqual(await info(channel));
        }
        const versions = (await started.announced(channel.id)).map(({ version }) => version);
        expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
      },
      30_000,
    );

    it('every one of several connects at once is answered with the channel', async () => {
      started.graph.slowMs = 40;
      const pageId = newPageId();
      const channels = await Promise.all(
        Array.from({ length: 5 }, (_, index) => connect(pageId, `page-${pageId}:${index}`)),
      );
      expect(new Set(channels.map(({ id }) => id)).size).toBe(1);
      expect(channels.every(({ connected }) => connected)).toBe(true);
    });

    it('a disconnect wins over a connect that began before it, and Facebook is told', async () => {
      const pageId = newPageId();
      const first = await connect(pageId);
      await workspace.client.disconnect(first.id);
      const asked = started.graph.calls(`POST ${apps(first)}`);
      const token = { page_id: pageId, page_token: `page-${pageId}:new` };
      started.graph.slowMs = 400;
      const connecting = workspace.client.call('channels.facebook.connect', token);
      await waitFor('the subscription to be asked for', () => started.graph.calls(`POST ${apps(first)}`) > asked);
      started.graph.slowMs = 0;
      await workspace.client.disconnect(first.id);
      expect((await connecting).status).toBe(409);
      expect(await started.row(first.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect(fields(first)).toBeUndefined();
    });

    it('an unsubscription that comes too late does not stay', async () => {
      const channel = await connect();
      const release = started.graph.hold(`DELETE ${apps(channel)}`);
      const disconnecting = workspace.client.disconnect(channel.id);
      await waitFor('Facebook to be told', () => started.graph.calls(`DELETE ${apps(channel)}`) > 0);
      expect(await connect(channel.source_channel_id)).toMatchObject({ id: channel.id, connected: true });
      release();
      await disconnecting;
      expect(fields(channel)).toBeUndefined();
      await started.keepDue();
      expect(fields(channel)).toEqual(channel.health.subscribed_fields);
      expect(await info(channel)).toMatchObject({ connected: true, health: { state: 'connected' } });
    });
  });
});
