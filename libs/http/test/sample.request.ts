import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, ValidateNested } from 'class-validator';

export class SampleSender {
  @IsString()
  name!: string;
}

export class SampleRequest {
  @IsString()
  @IsNotEmpty()
  conversation_id!: string;

  @IsOptional()
  @IsInt()
  @Max(100)
  page_size?: number;

  @IsOptional()
  @ValidateNested()
  @Type(() => SampleSender)
  sender?: SampleSender;

  @IsOptional()
  message?: unknown;
}
