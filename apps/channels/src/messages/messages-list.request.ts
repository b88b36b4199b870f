import { IsString } from 'class-validator';
import { ListRequest } from '../lists/list.request.js';

export class MessagesListRequest extends ListRequest {
  @IsString()
  conversation_id!: string;
}
