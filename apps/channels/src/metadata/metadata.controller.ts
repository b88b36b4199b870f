import { Body, Inject } from '@nestjs/common';
import { upsertMetadata, type MetadataPatch } from '#libs/conversations';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { expectScope } from '../auth/scope.js';
import { GivenBody, type CallBody } from '../calls/call-body.js';
import { Call, Calls } from '../calls/call.js';
import { expectId } from '../calls/expect-id.js';
import { MetadataUpsertRequest } from './metadata-upsert.request.js';

@Calls()
export class MetadataController {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  @Call('metadata.upsert', 'conversations.write', {
    summary: 'Merges data of your own into metadata.user_data of a message, a conversation or a channel',
    answer: null,
  })
  async upsert(
    @Body() { subject, id }: MetadataUpsertRequest,
    @GivenBody() given: CallBody,
    @Caller() caller: ApiCaller,
  ): Promise<void> {
    if (subject === 'channel') expectScope(caller, 'channels.write');
    const patch = { subject, id: expectId(subject, id), data: given['data'] as MetadataPatch['data'] };
    const { database, log } = this.platform;
    const house = { log, rules: this.platform.rules() };
    await database.transaction((sql) => upsertMetadata(caller.workspaceId, sql, house, patch));
  }
}
