import { IsOptional, IsString } from 'class-validator';
import { IsName, IsWebUrl } from '../calls/validators.js';

export class ChannelsUpdateRequest {
  @IsString()
  channel_id!: string;

  @IsOptional()
  @IsName()
  name?: string;

  @IsOptional()
  @IsWebUrl()
  image_url?: string;
}
