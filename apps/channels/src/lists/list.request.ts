import { Allow, IsOptional, IsString } from 'class-validator';
import { IsPageSize } from '../calls/validators.js';

export class ListRequest {
  @IsOptional()
  @IsString()
  cursor?: string;

  @IsOptional()
  @IsPageSize()
  page_size?: number;

  @Allow()
  filters?: unknown;
}
