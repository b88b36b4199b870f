import { randomUUID } from 'node:crypto';
import { present } from '../../../test/harness/only.js';
import type { Database } from '../src/database.js';
import {
  channelConnectionStore,
  type ConnectingPage,
  type Connection,
  type PutConnecting,
} from '../src/stores/channel-connection.store.js';
import type { ChannelRow } from '../src/stores/channel-rows.js';

export const newPage = (changes: Partial<ConnectingPage> = {}): ConnectingPage => ({
  proposed_id: randomUUID(),
  source: 'facebook',
  source_channel_id: randomUUID(),
  source_app_id: '1001',
  name: 'Bakery',
  image_url: null,
  token_expires_at: null,
  sealToken: (id) => `sealed for ${id}`,
  ...changes,
});

export const healthy: Connection = {
  source_app_id: '1001',
  name: 'Bakery',
  image_url: null,
  token_sealed: 'sealed anew',
  token_expires_at: null,
  subscribed_fields: ['messages'],
  health: { state: 'connected', reason: null },
};

/** The steps of a channel's life, in one database. */
export class ChannelSteps {
  constructor(private readonly database: Database) {}

  readonly putConnecting = (workspaceId: string, page: ConnectingPage): Promise<PutConnecting> =>
    this.database.transaction((transaction) => channelConnectionStore.putConnecting(workspaceId, transaction, page));

  readonly connecting = async (workspaceId: string, page = newPage()): Promise<ChannelRow> => {
    const put = await this.putConnecting(workspaceId, page);
    return present(put.kind === 'connecting' ? put.channel : undefined, 'the channel');
  };

  readonly markConnected = (row: ChannelRow, connection = healthy): Promise<ChannelRow | null> =>
    this.database.transaction((transaction) =>
      channelConnectionStore.markConnected(row.workspace_id, transaction, row, connection),
    );

  readonly markDisconnecting = (workspaceId: string, id: string): Promise<ChannelRow | null> =>
    channelConnectionStore.markDisconnecting(workspaceId, this.database, id);

  readonly end = (
    row: ChannelRow,
    from: 'connecting' | 'disconnecting',
    reason: string | null = null,
  ): Promise<ChannelRow | null> =>
    channelConnectionStore.markDisconnected(row.workspace_id, this.database, row, { from, reason });

  readonly connected = async (workspaceId: string, page = newPage()): Promise<ChannelRow> =>
    present(await this.markConnected(await this.connecting(workspaceId, page)), 'the channel');

  readonly disconnecting = async (workspaceId: string, id: string): Promise<ChannelRow> =>
    present(await this.markDisconnecting(workspaceId, id), 'the channel');

  readonly disconnect = async (workspaceId: string, id: string): Promise<ChannelRow> =>
    present(await this.end(await this.disconnecting(workspaceId, id), 'disconnecting'), 'the channel');
}
