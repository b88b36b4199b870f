import { Body, Inject } from '@nestjs/common';
import { z } from 'zod';
import { apiKeyStore, workspaceStore } from '#libs/database';
import { uuid7 } from '#libs/messaging';
import { Platform } from '#libs/platform';
import { createApiKey, hashApiKey } from '#libs/security';
import { ApiKeys } from '../auth/api-keys.js';
import { Caller, type ApiCaller } from '../auth/caller.js';
import { Call, Calls } from '../calls/call.js';
import { expectFound, expectId } from '../calls/expect-id.js';
import { invalidField } from '../calls/invalid-field.js';
import { apiKeySchema, newApiKeySchema, showApiKey, showNewApiKey } from './api-key.schema.js';
import { ApiKeysCreateRequest } from './api-keys-create.request.js';
import { ApiKeysListRequest } from './api-keys-list.request.js';
import { ApiKeysRevokeRequest } from './api-keys-revoke.request.js';

/** All of it is for `admin`, which includes every scope: nobody gives what he has not. */
@Calls()
export class ApiKeysController {
  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
  ) {}

  @Call('api-keys.create', 'admin', {
    summary: 'Makes a key, and shows it this once; another workspace’s only for an admin key of the default workspace',
    answer: newApiKeySchema,
  })
  async create(
    @Body() request: ApiKeysCreateRequest,
    @Caller() caller: ApiCaller,
  ): Promise<z.input<typeof newApiKeySchema>> {
    const workspaceId = await this.workspaceOf(caller, request.workspace_id);
    const key = createApiKey();
    const row = await apiKeyStore.insert(workspaceId, this.platform.database, {
      id: uuid7(this.platform.now().getTime()),
      name: request.name,
      key_sha256: hashApiKey(key),
      scopes: [...new Set(request.scopes)],
      rate_limit: request.rate_limit ?? null,
      expires_at: request.expires_at === undefined ? null : new Date(request.expires_at),
    });
    this.log('an API key was made', row.id, caller);
    return showNewApiKey(row, key, this.platform);
  }

  @Call('api-keys.list', 'admin', {
    summary: 'Keys of a workspace without what is secret of them, newest first, revoked and expired ones too',
    answer: z.strictObject({ data: z.array(apiKeySchema) }),
  })
  async list(
    @Body() request: ApiKeysListRequest,
    @Caller() caller: ApiCaller,
  ): Promise<{ data: z.input<typeof apiKeySchema>[] }> {
    const workspaceId = await this.workspaceOf(caller, request.workspace_id);
    const rows = await apiKeyStore.list(workspaceId, this.platform.database);
    return { data: rows.map((row) => showApiKey(row, this.platform)) };
  }

  @Call('api-keys.revoke', 'admin', {
    summary: 'Ends a key: within a second nobody takes it any more, within two its streams are cut',
    answer: null,
  })
  async revoke(@Body() request: ApiKeysRevokeRequest, @Caller() caller: ApiCaller): Promise<void> {
    const workspaceId = await this.workspaceOf(caller, request.workspace_id);
    const id = expectId('API key', request.api_key_id);
    if (id === apiKeyStore.bootstrapId(workspaceId))
      throw invalidField(
        'api_key_id',
        'is the key that this installation is configured with: give PARLEY_API_KEY (or the file api-key in PARLEY_HOME) another value and start again',
      );
    const row = expectFound('API key', id, await apiKeyStore.revoke(workspaceId, this.platform.database, id));
    this.keys.forget(row.key_sha256);
    this.log('an API key was revoked', id, caller);
  }

  /** The caller's own, or the one asked for: that of others is for the default workspace only, and not there for the rest. */
  private async workspaceOf(caller: ApiCaller, asked = caller.workspaceId): Promise<string> {
    if (asked === caller.workspaceId) return asked;
    const { database, defaultWorkspaceId } = this.platform;
    const id = expectId('workspace', asked);
    const isOurs = caller.workspaceId === defaultWorkspaceId;
    return expectFound('workspace', id, isOurs ? await workspaceStore.find(id, database) : null).id;
  }

  private log(what: string, id: string, caller: ApiCaller): void {
    this.platform.logger.info({ api_key_id: id, by_api_key_id: caller.keyId }, what);
  }
}
