import { IsIn, IsObject, IsString } from 'class-validator';

/** What `data` holds is read from the body as it was given. */
export class MetadataUpsertRequest {
  @IsIn(['message', 'conversation', 'channel'])
  subject!: 'message' | 'conversation' | 'channel';

  @IsString()
  id!: string;

  @IsObject()
  data!: object;
}
