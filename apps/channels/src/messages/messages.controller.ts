import { Body, Inject, Res } from '@nestjs/common';
import { z } from 'zod';
import { messageView, resendMessage } from '#libs/conversations';
import { conversationStore, messageStore, type MessageEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import type { HttpReply } from '#libs/http';
import { messageSchema, storableText, type Message } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { expectFound, expectId } from '../calls/expect-id.js';
import { giveAnswer } from '../idempotency/call-answer.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Idempotent, type IdempotentCall } from '../idempotency/idempotent-call.js';
import { listAnswer, listAnswerSchema, type ListAnswer } from '../lists/list-answer.js';
import { readSlice } from '../lists/read-slice.js';
import { acceptMessage, outboundHouse } from './accept-message.js';
import { MessagesInfoRequest } from './messages-info.request.js';
import { MessagesListRequest } from './messages-list.request.js';
import { MessagesResendRequest } from './messages-resend.request.js';
import { sendExamples, sendRefusals } from './messages-send.about.js';
import { MessagesSendRequest } from './messages-send.request.js';
import { readOutbound } from './read-outbound.js';

/** `raw`: what the source sent, each as its own JSON text. */
const messageAnswerSchema = messageSchema.extend({ raw: z.array(z.string()).optional() });
type MessageAnswer = z.infer<typeof messageAnswerSchema>;

@Calls()
export class MessagesController {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
  ) {}

  @Call('messages.list', 'conversations.read', {
    summary: 'Messages of a conversation, newest first',
    answer: listAnswerSchema(messageSchema),
    examples: { 'The newest ten': { conversation_id: '0d1b5a52-6f0c-5c0e-9d3c-2f8a1f4f2b11', page_size: 10 } },
  })
  async list(@Body() request: MessagesListRequest, @Caller() caller: ApiCaller): Promise<ListAnswer<Message>> {
    const { workspaceId } = caller;
    const { database, cursors } = this.platform;
    const id = expectId('conversation', request.conversation_id);
    const conversation = expectFound('conversation', id, await conversationStore.find(workspaceId, database, id));
    const list = {
      purpose: `messages.list ${workspaceId} ${id}`,
      read: messageStore.list.bind(null, workspaceId, database, id),
      placeOf: (row: MessageEntity) => ({ at: row.sent_at.toISOString(), id: row.id }),
    };
    const slice = await readSlice(cursors, list, request);
    const data = slice.rows.map((row) => messageView(row, conversation));
    return listAnswer(slice, data, conversation.message_count);
  }

  @Call('messages.info', 'conversations.read', { summary: 'One message', answer: messageAnswerSchema })
  async info(@Body() request: MessagesInfoRequest, @Caller() caller: ApiCaller): Promise<MessageAnswer> {
    const { workspaceId } = caller;
    const { database } = this.platform;
    const row = await this.findMessage(workspaceId, request);
    const conversation = await conversationStore.find(workspaceId, database, row.conversation_id);
    const message = messageView(row, expectFound('conversation', row.conversation_id, conversation));
    if (request.include?.includes('raw') !== true) return message;
    return { ...message, raw: await messageStore.raws(workspaceId, database, row.id) };
  }

  @Call('messages.send', 'messages.send', {
    summary: 'Accepts a message for sending: it is pending until the source has taken it',
    answer: messageSchema,
    idempotent: true,
    refusals: sendRefusals,
    examples: sendExamples,
  })
  async send(
    @Body() envelope: MessagesSendRequest,
    @Idempotent() call: IdempotentCall,
    @Caller() caller: ApiCaller,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<string> {
    const { workspaceId } = caller;
    const request = { ...readOutbound(envelope, call.body, caller), origin: call.origin };
    const isCanonical = envelope.content !== undefined;
    const answer = await this.idempotency.inTransaction(call, (sql) =>
      acceptMessage(this.platform, sql, { workspaceId, request, isCanonical }),
    );
    return giveAnswer(reply, answer);
  }

  @Call('messages.resend', 'messages.send', {
    summary: 'Sends a message again that failed, or of which nobody knows whether it was sent',
    answer: messageSchema,
    idempotent: true,
    refusals: ['message_not_resendable', ...sendRefusals],
  })
  async resend(
    @Body() request: MessagesResendRequest,
    @Idempotent() call: IdempotentCall,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<string> {
    const id = expectId('message', request.message_id);
    const answer = await this.idempotency.inTransaction(call, (sql) =>
      resendMessage(call.workspaceId, sql, outboundHouse(this.platform), id),
    );
    return giveAnswer(reply, answer);
  }

  private async findMessage(workspaceId: string, request: MessagesInfoRequest): Promise<MessageEntity> {
    const { message_id: id, channel_id: channelId, source_message_id: mid } = request;
    const { database } = this.platform;
    if (id !== undefined)
      return expectFound('message', id, await messageStore.find(workspaceId, database, expectId('message', id)));
    if (channelId === undefined || mid === undefined)
      throw new AppError('invalid_request', 'Name the message by message_id, or by channel_id and source_message_id.');
    const channel = expectId('channel', channelId);
    const row = await messageStore.findBySource(workspaceId, database, channel, storableText(mid));
    return expectFound('message', mid, row);
  }
}
