import { IsBoolean, IsOptional, IsString } from 'class-validator';

export class ChannelsListRequest {
  @IsOptional()
  @IsString()
  source?: string;

  @IsOptional()
  @IsBoolean()
  include_disconnected?: boolean;
}
