import { IsOptional, IsString } from 'class-validator';
import { IsListOf } from '../calls/validators.js';

/** By our id, which wins, or by the source's on a channel. */
export class MessagesInfoRequest {
  @IsOptional()
  @IsString()
  message_id?: string;

  @IsOptional()
  @IsString()
  channel_id?: string;

  @IsOptional()
  @IsString()
  source_message_id?: string;

  @IsOptional()
  @IsListOf('raw')
  include?: string[];
}
