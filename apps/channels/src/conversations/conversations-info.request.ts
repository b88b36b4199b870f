import { IsString } from 'class-validator';

export class ConversationsInfoRequest {
  @IsString()
  conversation_id!: string;
}
