import { Body, Inject } from '@nestjs/common';
import { markRead, setState, type ChangeHouse } from '#libs/conversations';
import { conversationStore, type ConversationEntity, type ListPosition } from '#libs/database';
import { conversationSchema, type Conversation } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { expectFound, expectId } from '../calls/expect-id.js';
import { listAnswer, listAnswerSchema, type ListAnswer } from '../lists/list-answer.js';
import { ListRequest } from '../lists/list.request.js';
import { readSlice } from '../lists/read-slice.js';
import { ConversationsInfoRequest } from './conversations-info.request.js';
import { ConversationsSetStateRequest } from './conversations-set-state.request.js';
import { showConversations } from './show-conversations.js';

@Calls()
export class ConversationsController {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  @Call('conversations.list', 'conversations.read', {
    summary: 'Conversations, the one with the newest message first',
    answer: listAnswerSchema(conversationSchema),
    examples: { 'The newest ten': { page_size: 10 } },
  })
  async list(@Body() request: ListRequest, @Caller() caller: ApiCaller): Promise<ListAnswer<Conversation>> {
    const { workspaceId } = caller;
    const { database, cursors } = this.platform;
    const list = {
      purpose: `conversations.list ${workspaceId}`,
      read: conversationStore.list.bind(null, workspaceId, database),
      placeOf,
    };
    const slice = await readSlice(cursors, list, request);
    const data = await showConversations(workspaceId, this.platform, slice.rows);
    return listAnswer(slice, data, await conversationStore.count(workspaceId, database));
  }

  @Call('conversations.info', 'conversations.read', { summary: 'One conversation', answer: conversationSchema })
  async info(
    @Body() request: ConversationsInfoRequest,
    @Caller() caller: ApiCaller,
  ): Promise<Conversation | undefined> {
    const id = expectId('conversation', request.conversation_id);
    const row = await conversationStore.find(caller.workspaceId, this.platform.database, id);
    const [conversation] = await showConversations(caller.workspaceId, this.platform, [
      expectFound('conversation', id, row),
    ]);
    return conversation;
  }

  @Call('conversations.mark-read', 'conversations.write', {
    summary: 'Everything up to the newest message was read',
    answer: null,
  })
  markRead(@Body() request: ConversationsInfoRequest, @Caller() { workspaceId }: ApiCaller): Promise<void> {
    const id = expectId('conversation', request.conversation_id);
    return this.platform.database.transaction((sql) => markRead(workspaceId, sql, this.house(), id));
  }

  @Call('conversations.set-state', 'conversations.write', {
    summary: 'Gives a conversation a state, in words of your own',
    answer: null,
    aliases: ['conversations.setState'],
  })
  setState(@Body() request: ConversationsSetStateRequest, @Caller() caller: ApiCaller): Promise<void> {
    return this.changeState(caller, request.conversation_id, request.state);
  }

  @Call('conversations.remove-state', 'conversations.write', {
    summary: 'Takes the state of a conversation away',
    answer: null,
    aliases: ['conversations.removeState'],
  })
  removeState(@Body() request: ConversationsInfoRequest, @Caller() caller: ApiCaller): Promise<void> {
    return this.changeState(caller, request.conversation_id, null);
  }

  private changeState({ workspaceId }: ApiCaller, id: string, state: string | null): Promise<void> {
    const change = { conversationId: expectId('conversation', id), state };
    return this.platform.database.transaction((sql) => setState(workspaceId, sql, this.house(), change));
  }

  private house(): ChangeHouse {
    return { log: this.platform.log, rules: this.platform.rules() };
  }
}

function placeOf({ id, last_message_sent_at: at }: ConversationEntity): ListPosition {
  if (at === null) throw new Error(`Conversation ${id} is listed and has no message.`);
  return { at: at.toISOString(), id };
}
