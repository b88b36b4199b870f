import { Body, Inject, Res } from '@nestjs/common';
import { z } from 'zod';
import { workspaceStore } from '#libs/database';
import { AppError } from '#libs/errors';
import type { HttpReply } from '#libs/http';
import { instantSchema, uuid7 } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { giveAnswer } from '../idempotency/call-answer.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Idempotent, type IdempotentCall } from '../idempotency/idempotent-call.js';
import { WorkspacesCreateRequest } from './workspaces-create.request.js';

@Calls()
export class WorkspacesController {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
  ) {}

  @Call('workspaces.create', 'admin', {
    summary: 'Makes a tenant; only an admin key of the default workspace may',
    answer: z.strictObject({ id: z.uuid(), name: z.string(), created_at: instantSchema }),
    idempotent: true,
  })
  async create(
    @Body() { name }: WorkspacesCreateRequest,
    @Idempotent() call: IdempotentCall,
    @Caller() caller: ApiCaller,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<string> {
    if (caller.workspaceId !== this.platform.defaultWorkspaceId)
      throw new AppError(
        'scope_missing',
        'Only an admin key of the default workspace makes workspaces: use the key that this installation was set up with.',
      );
    const answer = await this.idempotency.inTransaction(call, async (sql) => {
      const row = await workspaceStore.create(uuid7(this.platform.now().getTime()), sql, name);
      return { id: row.id, name: row.name, created_at: row.created_at.toISOString() };
    });
    return giveAnswer(reply, answer);
  }
}
