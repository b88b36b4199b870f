import { IsString } from 'class-validator';

export class MessagesResendRequest {
  @IsString()
  message_id!: string;
}
