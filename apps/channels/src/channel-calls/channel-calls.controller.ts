import { Inject, Res, type Type } from '@nestjs/common';
import type { ChannelCall, ChannelConnector } from '#libs/channels/kit';
import { askSource } from '#libs/conversations';
import { zodBody, type HttpReply } from '#libs/http';
import { Platform } from '#libs/platform';
import { Call, Calls } from '../calls/call.js';
import { giveAnswer, newAnswer } from '../idempotency/call-answer.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Idempotent, type IdempotentCall } from '../idempotency/idempotent-call.js';
import { houseOf } from './house-of.js';

/** Mounts a call that one kind of channel has by itself. */
export function channelCallController(connector: ChannelConnector, call: ChannelCall): Type {
  @Calls()
  class ChannelCallController {
    constructor(
      @Inject(Platform) private readonly platform: Platform,
      @Inject(Idempotency) private readonly idempotency: Idempotency,
    ) {}

    @Call(call.name, call.scope, call)
    async run(
      @Idempotent() given: IdempotentCall,
      @Res({ passthrough: true }) reply: HttpReply,
    ): Promise<string | undefined> {
      const request = zodBody(call.request, given.body);
      const work = (): Promise<unknown> =>
        askSource(() => call.run(houseOf(this.platform, connector), given.workspaceId, request));
      if (call.answer === null) {
        await work();
        return undefined;
      }
      const answer = call.idempotent ? await this.idempotency.leased(given, work) : newAnswer(await work());
      return giveAnswer(reply, answer);
    }
  }

  return ChannelCallController;
}
