import { IsString } from 'class-validator';

export class ChannelsInfoRequest {
  @IsString()
  channel_id!: string;
}
