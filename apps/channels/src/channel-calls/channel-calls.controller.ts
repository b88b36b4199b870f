import { Inject, Res, type Type } from '@nestjs/common';
import type { ChannelCall, ChannelConnector, ChannelHouse } from '#libs/channels/kit';
import { connectChannel } from '#libs/conversations';
import { zodBody, type HttpReply } from '#libs/http';
import { Platform } from '#libs/platform';
import { Call, Calls } from '../calls/call.js';
import { giveAnswer, newAnswer } from '../idempotency/call-answer.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Idempotent, type IdempotentCall } from '../idempotency/idempotent-call.js';

/** Mounts a call that one kind of channel has by itself. */
export function channelCallController(connector: ChannelConnector, call: ChannelCall): Type {
  @Calls()
  class ChannelCallController {
    constructor(
      @Inject(Platform) private readonly platform: Platform,
      @Inject(Idempotency) private readonly idempotency: Idempotency,
    ) {}

    @Call(call.name, call.scope, call)
    async run(@Idempotent() given: IdempotentCall, @Res({ passthrough: true }) reply: HttpReply): Promise<string> {
      const request = zodBody(call.request, given.body);
      const work = (): Promise<unknown> => call.run(houseOf(this.platform, connector), given.workspaceId, request);
      const answer = call.idempotent ? await this.idempotency.leased(given, work) : newAnswer(await work());
      return giveAnswer(reply, answer);
    }
  }

  return ChannelCallController;
}

function houseOf(platform: Platform, connector: ChannelConnector): ChannelHouse {
  return { connect: (workspaceId, input) => connectChannel(platform, connector, workspaceId, input) };
}
