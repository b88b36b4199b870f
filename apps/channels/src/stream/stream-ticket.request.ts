import { IsOptional } from 'class-validator';
import { IsIdList } from '../calls/validators.js';

export class StreamTicketRequest {
  @IsOptional()
  @IsIdList(100)
  channel_ids?: string[];
}
