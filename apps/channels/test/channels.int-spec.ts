import type { Channel } from '#libs/messaging';
import { expectProblem } from '../../../test/harness/answer.js';
import { at, present } from '../../../test/harness/only.js';
import { StartedChannels, type Workspace } from './started-channels.js';

const unknownId = '0190a6c0-0000-7000-8000-000000000000';

describe('channels', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let pages = 100;

  const newPageId = (): string => String((pages += 1));
  const connect = (pageId = newPageId(), token = `page-${pageId}`): Promise<Channel> =>
    workspace.client.connect({ page_id: pageId, page_token: token });
  const ids = async (): Promise<string[]> => (await workspace.client.channels()).map(({ id }) => id);
  const subscribedApps = ({ source_channel_id: pageId }: Channel): string => `${pageId}/subscribed_apps`;

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
  });

  afterAll(() => started.stop());

  describe('channels.info and channels.update', () => {
    it('show and change what people see, and announce each change once', async () => {
      const channel = await connect();
      expect(await workspace.client.channelInfo(channel.id)).toEqual(channel);
      const changed = await workspace.client.updateChannel(channel.id, {
        name: 'Corner shop',
        image_url: 'https://cdn.example/new.png',
      });
      expect(changed).toEqual({
        ...channel,
        version: channel.version + 1,
        metadata: { name: 'Corner shop', image_url: 'https://cdn.example/new.png' },
      });
      expect(await workspace.client.channelInfo(channel.id)).toEqual(changed);
      const same = { name: 'Corner shop', image_url: null };
      expect(await workspace.client.updateChannel(channel.id, same)).toEqual(changed);
      expect(await workspace.client.updateChannel(channel.id, { name: null })).toEqual(changed);
      expect(await started.announced(channel.id)).toEqual([channel, changed]);
    });

    it('raise the version with every of several changes at once', async () => {
      const channel = await connect();
      const names = ['a', 'b', 'c', 'd'];
      const changed = await Promise.all(names.map((name) => workspace.client.updateChannel(channel.id, { name })));
      const versions = names.map((_, index) => channel.version + 1 + index);
      expect(changed.map(({ version }) => version).toSorted()).toEqual(versions);
      const announced = (await started.announced(channel.id)).slice(1);
      expect(announced.map(({ version }) => version).toSorted()).toEqual(versions);
    });

    it('know a disconnected channel', async () => {
      const { id } = await connect();
      await workspace.client.disconnect(id);
      expect(await workspace.client.channelInfo(id)).toMatchObject({ id, connected: false });
      expect(await workspace.client.updateChannel(id, { name: 'Closed' })).toMatchObject({
        connected: false,
        metadata: { name: 'Closed' },
      });
    });

    it.each<[object, string]>([
      [{ name: '' }, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 5 }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ image_url: 'javascript:alert(1)' }, 'image_url'],
      [{ image_url: 'https://' }, 'image_url'],
      [{ channel_id: 5 }, 'channel_id'],
      [{ channel_id: null }, 'channel_id'],
    ])('refuse %j', async (body, field) => {
      const answer = await workspace.client.call('channels.update', { channel_id: unknownId, ...body });
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([{ field }]);
    });

    it.each(['channels.info', 'channels.facebook.disconnect'])('%s needs an id', async (name) => {
      const answer = await workspace.client.call(name, {});
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([{ field: 'channel_id' }]);
    });
  });

  it.each(['channels.info', 'channels.update', 'channels.facebook.disconnect'])(
    '%s finds nothing of another workspace, and no id that can’t be ours',
    async (name) => {
      const { id } = await connect();
      const { client } = await started.addWorkspace();
      for (const odd of [id, unknownId, 'abc', '', id.toUpperCase(), 'x'.repeat(10_000)])
        expectProblem(await client.call(name, { channel_id: odd, name: 'Mine' }), 404, 'not_found');
      expect(await workspace.client.channelInfo(id)).toMatchObject({ connected: true, version: 2 });
    },
  );

  describe('a disconnect', () => {
    it('is answered 204 each time, tells the source once, forgets the token and is announced', async () => {
      const channel = await connect();
      await workspace.client.disconnect(channel.id);
      await workspace.client.disconnect(channel.id);
      expect(started.graph.calls(`DELETE ${subscribedApps(channel)}`)).toBe(1);
      expect(started.graph.subscribedFields(channel.source_channel_id)).toBeUndefined();
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect(await ids()).not.toContain(channel.id);
      const last = present((await started.announced(channel.id)).at(-1), 'the announcement');
      expect(last).toMatchObject({
        connected: false,
        version: channel.version + 1,
        health: { state: 'disconnected', subscribed_fields: [] },
      });
      expect(await workspace.client.channelInfo(channel.id)).toEqual(last);
    });

    it('keeps the conversations and takes no more messages', async () => {
      const channel = await connect();
      await started.record(channel, workspace.id, [{ contact: 'ana', mid: 'm_kept', text: 'hi', at: new Date() }]);
      const { conversation_id: id } = await workspace.client.messageByMid(channel.id, 'm_kept');
      await workspace.client.disconnect(channel.id);
      expect((await workspace.client.messages(id)).data).toHaveLength(1);
      expect(await workspace.client.conversation(id)).toMatchObject({ channel: { connected: false } });
      const send = { conversation_id: id, content: { type: 'text', text: 'x' } };
      expectProblem(await workspace.client.call('messages.send', send), 409, 'channel_disconnected');
    });

    it('gives the page free for another workspace, and keeps its id for its own (interleaving 12)', async () => {
      const channel = await connect();
      const page = { page_id: channel.source_channel_id, page_token: `page-${channel.source_channel_id}` };
      const { client } = await started.addWorkspace();
      expectProblem(await client.call('channels.facebook.connect', page), 409, 'page_taken');
      await workspace.client.disconnect(channel.id);
      const theirs = await client.connect(page);
      expect(theirs.id).not.toBe(channel.id);
      expectProblem(await workspace.client.call('channels.facebook.connect', page), 409, 'page_taken');
      await client.disconnect(theirs.id);
      expect((await workspace.client.connect(page)).id).toBe(channel.id);
    });

    it.each([
      ['is away', { status: 500, code: 2 }],
      ['refuses', { status: 400, code: 100 }],
      ['misses a permission', { status: 403, code: 200 }],
    ])('is one for everybody here while Facebook %s, which is told later', async (_, refusal) => {
      const channel = await connect();
      started.graph.refusals.set(`DELETE ${subscribedApps(channel)}`, refusal);
      await workspace.client.disconnect(channel.id);
      expect(await ids()).not.toContain(channel.id);
      expect(await workspace.client.channelInfo(channel.id)).toMatchObject({ connected: false });
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnecting' });
      await started.keep(channel.id);
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnecting' });
      started.graph.refusals.clear();
      await started.keep(channel.id);
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect(started.graph.subscribedFields(channel.source_channel_id)).toBeUndefined();
      // what people see was over with the call
      expect(await started.announced(channel.id)).toHaveLength(2);
    });

    it('asks less often the longer it takes, and gives up after a day', async () => {
      const channel = await connect();
      started.graph.refusals.set(`DELETE ${subscribedApps(channel)}`, { status: 500, code: 2 });
      await workspace.client.disconnect(channel.id);
      await started.age(channel.id, 'state_since', 2);
      await started.keep(channel.id);
      const { upkeep_due: due } = await started.row(channel.id);
      expect(due.getTime() - Date.now()).toBeGreaterThan(3_500_000);
      await started.age(channel.id, 'state_since', 24);
      await started.keep(channel.id);
      started.graph.refusals.clear();
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
      expect((await workspace.client.channelInfo(channel.id)).health.reason).toMatch(/could not be told/);
      expect(await started.announced(channel.id)).toHaveLength(3);
    });

    it('needs nothing of Facebook when the token is dead', async () => {
      const channel = await connect();
      started.graph.refusals.set(`DELETE ${subscribedApps(channel)}`, { status: 400, code: 190 });
      await workspace.client.disconnect(channel.id);
      started.graph.refusals.clear();
      expect(await started.row(channel.id)).toMatchObject({ state: 'disconnected', token_sealed: null });
    });
  });

  describe('a connect of a connected page', () => {
    it('changes nothing that can be seen until it has ended well', async () => {
      const channel = await connect();
      const { source_channel_id: pageId } = channel;
      const release = started.graph.hold();
      const again = connect(pageId, `page-${pageId}:new`);
      expect(await workspace.client.channelInfo(channel.id)).toEqual(channel);
      expect(await ids()).toContain(channel.id);
      const send = { channel_id: channel.id, source_recipient_id: 'ana', content: { type: 'text', text: 'meanwhile' } };
      expect(await workspace.client.send(send)).toMatchObject({ state: 'pending' });
      release();
      expect(await again).toMatchObject({ id: channel.id, connected: true });
      const announced = await started.announced(channel.id);
      expect(announced.map(({ connected }) => connected)).toEqual([true, true]);
    });

    it.each([
      ['refuses', { status: 403, code: 200 }, 422, 'permission_missing'],
      ['is away', { status: 500, code: 2 }, 502, 'graph_unavailable'],
    ])('leaves it as it was when Facebook %s', async (_, refusal, status, code) => {
      const channel = await connect();
      const before = await started.row(channel.id);
      const { source_channel_id: pageId } = channel;
      started.graph.refusals.set(`POST ${subscribedApps(channel)}`, refusal);
      const page = { page_id: pageId, page_token: `page-${pageId}:new` };
      expectProblem(await workspace.client.call('channels.facebook.connect', page), status, code);
      started.graph.refusals.clear();
      expect(await workspace.client.channelInfo(channel.id)).toEqual(channel);
      const after = await started.row(channel.id);
      expect(after).toMatchObject({ state: 'connected', token_sealed: before.token_sealed });
      // and upkeep looks at once whether the subscription is still there
      expect(after.upkeep_due.getTime()).toBeLessThanOrEqual(Date.now());
    });
  });

  it('a connect that is refused leaves nobody connected, and says why', async () => {
    const pageId = newPageId();
    started.graph.refusals.set(`POST ${pageId}/subscribed_apps`, { status: 403, code: 200 });
    const page = { page_id: pageId, page_token: `page-${pageId}` };
    expectProblem(await workspace.client.call('channels.facebook.connect', page), 422, 'permission_missing');
    started.graph.refusals.clear();
    const list = await workspace.client.call('channels.list', { include_disconnected: true });
    const { data } = JSON.parse(list.text) as { data: Channel[] };
    const left = at(
      data.filter(({ source_channel_id: id }) => id === pageId),
      0,
    );
    expect(left).toMatchObject({ connected: false, health: { state: 'disconnected' } });
    expect(left.health.reason).toMatch(/permission/);
    expect(await connect(pageId)).toMatchObject({ id: left.id, connected: true });
  });
});
