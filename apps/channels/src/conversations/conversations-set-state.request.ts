import { IsLabel } from '../calls/validators.js';
import { ConversationsInfoRequest } from './conversations-info.request.js';

export class ConversationsSetStateRequest extends ConversationsInfoRequest {
  @IsLabel()
  state!: string;
}
