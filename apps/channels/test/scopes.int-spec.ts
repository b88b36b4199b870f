import { createApiKey } from '#libs/security';
import { expectProblem } from '../../../test/harness/answer.js';
import type { ParleyClient } from '../../../test/harness/parley.client.js';
import { present } from '../../../test/harness/only.js';
import { apiScopes, type ApiScope } from '../src/auth/scope.js';
import { describedCalls } from './described-calls.js';
import { StartedChannels, type Workspace } from './started-channels.js';

const calls = describedCalls().flatMap(({ name, aliases = [], scope }) =>
  [name, ...aliases].map((path) => [path, scope] as const),
);

function othersThan(needed: ApiScope): ApiScope[] {
  return apiScopes.filter((scope) => ![needed, 'admin'].includes(scope));
}

describe('every call', () => {
  let started: StartedChannels;
  let workspace: Workspace;
  const clients = new Map<ApiScope, ParleyClient>();

  const clientWith = (scope: ApiScope): ParleyClient => present(clients.get(scope), `the key with ${scope}`);

  beforeAll(async () => {
    started = await StartedChannels.start();
    workspace = await started.addWorkspace();
    for (const scope of apiScopes) clients.set(scope, await workspace.withScopes(scope));
  });

  afterAll(() => started.stop());

  it('is looked at here', () => {
    expect(calls.length).toBeGreaterThanOrEqual(12);
    expect(calls.map(([path]) => path)).toEqual(expect.arrayContaining(['messages.send', 'api-keys.revoke']));
  });

  it.each(calls)('%s asks for a key', async (path) => {
    for (const authorization of ['', 'Bearer ', 'Basic x', `Bearer ${createApiKey()}`])
      expectProblem(await workspace.client.call(path, {}, { authorization }), 401, 'unauthorized');
  });

  it.each(calls)('%s refuses a key with any one scope but %s and admin', async (path, needed) => {
    const answers = await Promise.all(othersThan(needed).map((scope) => clientWith(scope).call(path, {})));
    for (const answer of answers) expect(expectProblem(answer, 403, 'scope_missing').detail).toContain(needed);
  });

  it.each(calls.filter(([path]) => path !== 'workspaces.create'))('%s takes %s, and admin', async (path, needed) => {
    for (const scope of [needed, 'admin'] as const)
      expect([200, 204, 400]).toContain((await clientWith(scope).call(path, {})).status);
  });

  it.each(['/stream', '/ws'])('GET %s takes stream.read and admin only', async (path) => {
    const get = (scope: ApiScope): ReturnType<ParleyClient['raw']> =>
      workspace.client.raw(`${path}?cursor=forged`, {
        method: 'GET',
        headers: { authorization: `Bearer ${clientWith(scope).key}` },
      });
    for (const scope of othersThan('stream.read')) expectProblem(await get(scope), 403, 'scope_missing');
    for (const scope of ['stream.read', 'admin'] as const) expect((await get(scope)).status).toBe(400);
  });
});
