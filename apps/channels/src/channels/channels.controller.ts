import { Body, Inject } from '@nestjs/common';
import { z } from 'zod';
import { changeChannel } from '#libs/conversations';
import { channelStore } from '#libs/database';
import { channelSchema, type Channel } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { expectFound, expectId } from '../calls/expect-id.js';
import { ChannelsInfoRequest } from './channels-info.request.js';
import { ChannelsListRequest } from './channels-list.request.js';
import { ChannelsUpdateRequest } from './channels-update.request.js';
import { showChannel } from './show-channel.js';

@Calls()
export class ChannelsController {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  @Call('channels.list', 'channels.read', {
    summary: 'Channels; connected ones, unless asked for all',
    answer: z.strictObject({ data: z.array(channelSchema) }),
  })
  async list(@Body() request: ChannelsListRequest, @Caller() caller: ApiCaller): Promise<{ data: Channel[] }> {
    const { database, publicUrl } = this.platform;
    const { source, include_disconnected: includeDisconnected } = request;
    const rows = await channelStore.list(caller.workspaceId, database, { source, includeDisconnected });
    return { data: rows.map((row) => showChannel(row, publicUrl)) };
  }

  @Call('channels.info', 'channels.read', { summary: 'One channel, connected or not', answer: channelSchema })
  info(@Body() request: ChannelsInfoRequest, @Caller() caller: ApiCaller): Promise<Channel> {
    return this.find(caller.workspaceId, expectId('channel', request.channel_id));
  }

  @Call('channels.update', 'channels.write', {
    summary: 'Gives a channel another name or image; what is not named stays',
    answer: channelSchema,
  })
  async update(@Body() request: ChannelsUpdateRequest, @Caller() caller: ApiCaller): Promise<Channel> {
    const id = expectId('channel', request.channel_id);
    const { name, image_url } = request;
    // null is absent: it changes nothing
    const changes = { ...(name !== undefined && { name }), ...(image_url !== undefined && { image_url }) };
    const changed = await changeChannel(this.platform, caller.workspaceId, id, changes);
    return changed ?? this.find(caller.workspaceId, id);
  }

  private async find(workspaceId: string, id: string): Promise<Channel> {
    const { database, publicUrl } = this.platform;
    return showChannel(expectFound('channel', id, await channelStore.find(workspaceId, database, id)), publicUrl);
  }
}
