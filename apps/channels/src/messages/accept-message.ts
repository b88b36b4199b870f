import { queueOutbound, type OutboundHouse, type OutboundRequest } from '#libs/conversations';
import type { Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import type { Message } from '#libs/messaging';
import { tagsOf } from '#libs/observability';
import type { Platform } from '#libs/platform';

export interface Acceptance {
  readonly workspaceId: string;
  readonly request: OutboundRequest;
  /** Whether the caller speaks our canonical form, not the source's own. */
  readonly isCanonical: boolean;
}

/** To whom speaks in our words the source's limits are no limits of his: what is too much for one message can't be sent. */
export async function acceptMessage(
  platform: Platform,
  sql: Transaction,
  { workspaceId, request, isCanonical }: Acceptance,
): Promise<Message> {
  try {
    const message = await queueOutbound(workspaceId, sql, outboundHouse(platform), request);
    sql.afterCommit(() => {
      const { id: message_id, conversation_id, channel_id } = message;
      platform.logger.debug(
        { ...tagsOf(request.origin ?? {}), message_id, conversation_id, channel_id },
        'send accepted',
      );
    });
    return message;
  } catch (error) {
    if (!isCanonical || !(error instanceof AppError) || error.code !== 'limit_exceeded') throw error;
    throw new AppError('content_not_sendable', error.message, error.details);
  }
}

export function outboundHouse(platform: Platform): OutboundHouse {
  return {
    log: platform.log,
    rules: platform.rules(),
    connectorOf: (source) => platform.connectorOf(source),
  };
}
