import { Allow, IsIn, IsObject, IsOptional, IsString } from 'class-validator';
import { describedAs } from '#libs/http';
import { outboundContentSchema } from '#libs/messaging';
import { IsNested, IsSourceId } from '../calls/validators.js';

const recipientSchema = {
  type: 'object',
  properties: { id: { type: 'string', minLength: 1, maxLength: 512 } },
  required: ['id'],
};

export class SenderRequest {
  @IsIn(['agent', 'bot'])
  type!: 'agent' | 'bot';

  @IsOptional()
  @IsString()
  id?: string | null;

  @IsOptional()
  @IsString()
  name?: string | null;

  @IsOptional()
  @IsString()
  avatar_url?: string | null;
}

export class ReplyToRequest {
  @IsString()
  message_id!: string;
}

/** The envelope. What `recipient`, `message`, `content` and `metadata` hold is read from the body as it was given. */
export class MessagesSendRequest {
  @IsOptional()
  @IsString()
  conversation_id?: string;

  @IsOptional()
  @IsString()
  channel_id?: string;

  @IsOptional()
  @IsSourceId()
  source_recipient_id?: string;

  @IsOptional()
  @IsObject(describedAs(recipientSchema))
  recipient?: object;

  @IsOptional()
  @IsObject()
  message?: object;

  @Allow(describedAs(outboundContentSchema))
  content?: unknown;

  @IsOptional()
  @IsNested(() => ReplyToRequest)
  reply_to?: ReplyToRequest;

  @IsOptional()
  @IsNested(() => SenderRequest)
  sender?: SenderRequest;

  @IsOptional()
  @IsString()
  messaging_type?: string;

  @IsOptional()
  @IsString()
  tag?: string;

  @IsOptional()
  @IsString()
  notification_type?: string;

  @IsOptional()
  @IsString()
  persona_id?: string;

  @IsOptional()
  @IsObject()
  metadata?: object;
}
