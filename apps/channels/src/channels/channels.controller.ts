import { Body, Inject } from '@nestjs/common';
import { z } from 'zod';
import { channelStore } from '#libs/database';
import { channelSchema, type Channel } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { ChannelsListRequest } from './channels-list.request.js';
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
}
