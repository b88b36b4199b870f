import { IsOptional, IsString } from 'class-validator';

export class ApiKeysListRequest {
  @IsOptional()
  @IsString()
  workspace_id?: string;
}
