import { IsOptional, IsString } from 'class-validator';
import { apiScopes, type ApiScope } from '../auth/scope.js';
import { IsFutureInstant, IsName, IsSomeOf, IsWhole } from '../calls/validators.js';

export class ApiKeysCreateRequest {
  @IsOptional()
  @IsString()
  workspace_id?: string;

  @IsName()
  name!: string;

  @IsSomeOf(...apiScopes)
  scopes!: ApiScope[];

  @IsOptional()
  @IsFutureInstant()
  expires_at?: string;

  @IsOptional()
  @IsWhole(1, 1_000_000)
  rate_limit?: number;
}
