import type { Channel, Unrouted } from '#libs/messaging';
import { newMid, textItem } from '../../../test/harness/facebook-items.js';
import { appId } from './graph-server.js';
import { StartedChannels, type Workspace } from './started-channels.js';

describe('events that came before their page was connected', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  let pages = 300;

  const newPageId = (): string => String((pages += 1));
  const connect = (pageId: string): Promise<Channel> =>
    workspace.client.connect({ page_id: pageId, page_token: `page-${pageId}` });
  const unrouted = (pageId: string, mid: string, changes: Partial<Unrouted> = {}): Unrouted => ({
    source: 'facebook',
    source_channel_id: pageId,
    source_app_id: appId,
    reason: 'unknown_page',
    received_at: new Date().toISOString(),
    raw: JSON.stringify(textItem({ pageId, psid: '65', text: 'early', mid })),
    lane: 'messaging',
    ...changes,
  });
  const mids = async ({ id }: Channel): Promise<unknown[]> =>
    (await started.events(id)).map(({ payload }) => (payload as { source_message_id?: string }).source_message_id);

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
  });

  afterAll(() => started.stop());

  it('are the channel’s as soon as it is connected, in their order and as they came', async () => {
    const pageId = newPageId();
    const records = Array.from({ length: 250 }, () => unrouted(pageId, newMid()));
    for (const record of records) await started.keepUnrouted(record);
    const channel = await connect(pageId);
    const events = await started.events(channel.id);
    expect(events).toMatchObject(
      records.map(({ raw, received_at }) => ({
        type: 'message.received',
        workspace_id: workspace.id,
        source_contact_id: '65',
        received_at,
        raw,
      })),
    );
  }, 30_000);

  it('are so only when the page’s own app has signed them, and they are the page’s', async () => {
    const pageId = newPageId();
    await started.keepUnrouted(unrouted(pageId, 'm_right', { reason: 'foreign_app' }));
    await started.keepUnrouted(unrouted(pageId, 'm_foreign', { source_app_id: '9', reason: 'foreign_app' }));
    await started.keepUnrouted(unrouted(pageId, 'm_nobody', { source_app_id: null }));
    await started.keepUnrouted(unrouted('9999', 'm_other_page'));
    await started.keepUnrouted(unrouted(pageId, 'm_other_source', { source: 'other' }));
    await started.keepUnrouted(unrouted(pageId, 'm_body', { lane: undefined, reason: 'dashboard_test' } as object));
    expect(await mids(await connect(pageId))).toEqual(['m_right']);
  });

  it('are not when they came long before', async () => {
    const pageId = newPageId();
    await started.keepUnrouted(unrouted(pageId, 'm_old'));
    await started.platform.database.query(
      `update log_records set appended_at = appended_at - interval '2 minutes' where value like '%m_old%'`,
    );
    await started.keepUnrouted(unrouted(pageId, 'm_young'));
    expect(await mids(await connect(pageId))).toEqual(['m_young']);
  });

  it('and a moment after, by somebody who did not know yet, are read by upkeep (interleaving 5)', async () => {
    const pageId = newPageId();
    const channel = await connect(pageId);
    await started.keepUnrouted(unrouted(pageId, 'm_late'));
    await started.keep(channel.id);
    expect(await mids(channel)).toEqual(['m_late']);
    // it may still go on
    expect(await started.row(channel.id)).toMatchObject({ state: 'connected', replay_since: expect.any(Date) as Date });
    await started.keepUnrouted(unrouted(pageId, 'm_later'));
    await started.age(channel.id, 'state_since');
    await started.keep(channel.id);
    expect(new Set(await mids(channel))).toEqual(new Set(['m_late', 'm_later']));
    expect(await started.row(channel.id)).toMatchObject({ replay_since: null });
    await started.keepUnrouted(unrouted(pageId, 'm_never'));
    await started.keep(channel.id);
    expect(await mids(channel)).not.toContain('m_never');
  });

  it('and while it was disconnected are the same channel’s again, the projector’s among them', async () => {
    const pageId = newPageId();
    const channel = await connect(pageId);
    await workspace.client.disconnect(channel.id);
    const rejected = unrouted(pageId, 'm_between', { reason: 'channel_disconnected', lane: undefined } as object);
    await started.keepUnrouted({ ...rejected, event_id: channel.id });
    expect((await connect(pageId)).id).toBe(channel.id);
    expect(await mids(channel)).toEqual(['m_between']);
  });

  it('and were routed to its former owner go to the present one, and to nobody else (interleaving 12)', async () => {
    const pageId = newPageId();
    const former = await connect(pageId);
    await workspace.client.disconnect(former.id);
    const other = await started.addWorkspace();
    const present = await other.client.connect({ page_id: pageId, page_token: `page-${pageId}` });
    expect(present.id).not.toBe(former.id);
    const said = { contact: '65', text: 'whose?', at: new Date() };
    await started.record(former, workspace.id, [{ ...said, mid: 'm_whose' }]);
    await started.record(present, workspace.id, [{ ...said, mid: 'm_forged' }]);
    expect((await workspace.client.conversations()).data).toEqual([]);
    expect((await other.client.conversations()).data).toEqual([]);
    await started.keep(present.id);
    expect(await mids(present)).toContain('m_whose');
    expect(await mids(former)).toEqual([]);
  });

  it('are read on by upkeep where a crash ended the reading', async () => {
    const pageId = newPageId();
    const channel = await connect(pageId);
    for (const mid of ['m_a', 'm_b']) await started.keepUnrouted(unrouted(pageId, mid));
    await started.platform.database.query(
      `update channels set state = 'connecting', upkeep_due = '2001-01-01' where id = $1`,
      [channel.id],
    );
    await started.keepDue();
    expect(await started.row(channel.id)).toMatchObject({ state: 'connected' });
    await started.keep(channel.id);
    expect(await mids(channel)).toEqual(['m_a', 'm_b']);
  });
});
