import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { Platform } from '#libs/platform';
import { Admission, type AnswerHead } from '../auth/admission.js';
import { ApiKeys } from '../auth/api-keys.js';
import { bearerKey } from '../auth/bearer-key.js';
import type { ApiCaller } from '../auth/caller.js';
import { keyInUrl, refuseKeyInUrl, type Query } from './key-in-url.js';
import { openTicket } from './stream-ticket.js';

/** Who opens a stream, and what he may see of the workspace. */
export interface StreamGrant {
  readonly caller: ApiCaller;
  /** When the ticket ends, and with it its streams; undefined: there is none. */
  readonly endsAt?: Date;
  /** Undefined: every channel. */
  readonly channelIds?: ReadonlySet<string> | undefined;
}

export interface StreamKnock {
  readonly authorization: string | undefined;
  readonly query: Query;
  readonly head: AnswerHead;
}

/** By `Authorization`, which wins, or by `?ticket=`. */
@Injectable()
export class StreamAccess {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(Admission) private readonly admission: Admission,
  ) {}

  async admit({ authorization, query, head }: StreamKnock): Promise<StreamGrant> {
    refuseKeyInUrl(query);
    const { ticket } = query;
    const grant =
      authorization === undefined && ticket !== undefined
        ? await this.byTicket(ticket)
        : await this.byKey(authorization);
    this.admission.check(grant.caller, 'stream.read', head);
    return grant;
  }

  private async byKey(authorization: string | undefined): Promise<StreamGrant> {
    const key = bearerKey(authorization);
    const caller = key === undefined ? null : await this.keys.find(key);
    if (caller !== null) return { caller };
    throw new AppError(
      'unauthorized',
      'Send Authorization: Bearer <api key>, or from a browser ?ticket= with what stream.ticket has given.',
    );
  }

  private async byTicket(text: unknown): Promise<StreamGrant> {
    const ticket = typeof text === 'string' ? openTicket(this.platform.cursors, text) : null;
    if (ticket === null && typeof text === 'string' && (await this.keys.find(text)) !== null)
      throw keyInUrl(['ticket']);
    const caller =
      ticket !== null && ticket.expiresAt > this.platform.now() ? await this.keys.findByHash(ticket.keySha256) : null;
    if (ticket === null || caller === null)
      throw new AppError(
        'unauthorized',
        'This ticket is not one of ours or has ended: get a new one by stream.ticket.',
      );
    return { caller, endsAt: ticket.expiresAt, channelIds: ticket.channelIds && new Set(ticket.channelIds) };
  }
}
