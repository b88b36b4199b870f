import { Body, Inject } from '@nestjs/common';
import { z } from 'zod';
import { channelStore } from '#libs/database';
import { instantSchema } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { expectFound, expectId } from '../calls/expect-id.js';
import { StreamTicketRequest } from './stream-ticket.request.js';
import { sealTicket } from './stream-ticket.js';

const lifeMs = 3_600_000;

const ticketSchema = z.strictObject({ ticket: z.string(), expires_at: instantSchema });

@Calls()
export class StreamTicketController {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  @Call('stream.ticket', 'stream.read', {
    summary:
      'What a browser opens streams with, as ?ticket=, as often as it likes; it ends after an hour or with its key, and its streams with it',
    answer: ticketSchema,
  })
  async ticket(
    @Body() { channel_ids: channelIds }: StreamTicketRequest,
    @Caller() caller: ApiCaller,
  ): Promise<z.input<typeof ticketSchema>> {
    const { keySha256, keyExpiresAt } = caller;
    if (channelIds !== undefined) await this.expectChannels(caller.workspaceId, channelIds);
    const endMs = this.platform.now().getTime() + lifeMs;
    const expiresAt = new Date(Math.min(endMs, keyExpiresAt?.getTime() ?? endMs));
    const ticket = sealTicket(this.platform.cursors, { keySha256, expiresAt, channelIds });
    return { ticket, expires_at: expiresAt.toISOString() };
  }

  private async expectChannels(workspaceId: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) expectId('channel', id);
    const rows = await channelStore.findMany(workspaceId, this.platform.database, ids);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) expectFound('channel', id, found.get(id) ?? null);
  }
}
