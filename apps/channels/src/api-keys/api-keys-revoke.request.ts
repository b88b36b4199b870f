import { IsOptional, IsString } from 'class-validator';

export class ApiKeysRevokeRequest {
  @IsOptional()
  @IsString()
  workspace_id?: string;

  @IsString()
  api_key_id!: string;
}
