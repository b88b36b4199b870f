import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Admission } from './admission.js';
import { ApiKeyGuard } from './api-key.guard.js';
import type { ApiKeys } from './api-keys.js';
import { Scope, type ApiScope } from './scope.js';

class Routes {
  @Scope('messages.send')
  send(): string {
    return 'sent';
  }

  forgotten(): string {
    return 'open';
  }
}

const { prototype: routes } = Routes;

function admitted(
  handler: () => string,
  scopes: readonly ApiScope[],
  authorization?: string,
  admission = new Admission(),
): Promise<boolean> {
  const key = { keyId: 'k', keyName: 'Inbox', keySha256: Buffer.alloc(32), keyExpiresAt: null };
  const caller = { workspaceId: 'w', ...key, scopes, rateLimit: 1 };
  const keys = { find: (key: string) => Promise.resolve(key === 'good' ? caller : null) } as ApiKeys;
  const context = {
    switchToHttp: () => ({
      getRequest: () => ({ headers: { authorization } }),
      getResponse: () => ({ raw: { setHeader: () => undefined } }),
    }),
    getHandler: () => handler,
    getClass: () => Routes,
  } as unknown as ExecutionContext;
  return new ApiKeyGuard(new Reflector(), keys, admission).canActivate(context);
}

describe('ApiKeyGuard', () => {
  it.each<ApiScope>(['messages.send', 'admin'])('admits a key with the scope %s', async (scope) => {
    await expect(admitted(routes.send, [scope], 'Bearer good')).resolves.toBe(true);
  });

  it('refuses a key without the scope', async () => {
    const refused = admitted(routes.send, ['channels.read'], 'Bearer good');
    await expect(refused).rejects.toMatchObject({ code: 'scope_missing' });
  });

  it.each([undefined, 'Bearer bad', 'good'])('refuses %j', async (authorization) => {
    await expect(admitted(routes.send, ['admin'], authorization)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('refuses a key that has come too often, and first of all', async () => {
    const admission = new Admission();
    const again = (): Promise<boolean> => admitted(routes.send, [], 'Bearer good', admission);
    await expect(again()).rejects.toMatchObject({ code: 'scope_missing' });
    await expect(again()).rejects.toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 1 } });
  });

  it('refuses everybody on a route that declares no scope', async () => {
    await expect(admitted(routes.forgotten, ['admin'], 'Bearer good')).rejects.toThrow('declares no scope');
  });
});
