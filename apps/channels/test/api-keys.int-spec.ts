import { z } from 'zod';
import { bodyOf, expectProblem, type Answer } from '../../../test/harness/answer.js';
import { at, only } from '../../../test/harness/only.js';
import { ParleyClient } from '../../../test/harness/parley.client.js';
import { waitFor } from '../../../test/harness/wait-for.js';
import { apiScopes } from '../src/auth/scope.js';
import { StartedChannels, type Workspace } from './started-channels.js';

const newKeySchema = z.strictObject({
  id: z.uuid(),
  workspace_id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime({ precision: 3 }),
  expires_at: z.iso.datetime({ precision: 3 }).nullable(),
  rate_limit: z.int(),
  key: z.string().regex(/^parley_[0-9A-Za-z]{43}$/),
});
type NewKey = z.infer<typeof newKeySchema>;
const workspaceSchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  created_at: z.iso.datetime({ precision: 3 }),
});
const listSchema = z.strictObject({
  data: z.array(
    z.strictObject({
      id: z.uuid(),
      workspace_id: z.uuid(),
      name: z.string(),
      scopes: z.array(z.string()),
      created_at: z.iso.datetime({ precision: 3 }),
      expires_at: z.iso.datetime({ precision: 3 }).nullable(),
      revoked_at: z.iso.datetime({ precision: 3 }).nullable(),
      rate_limit: z.int().nullable(),
    }),
  ),
});
const unknownId = '0190a6c0-0000-7000-8000-000000000000';

describe('access', () => {
  let started: StartedChannels;
  let neighbour: StartedChannels;
  let workspace: Workspace;

  const create = async (body: object, client = workspace.client): Promise<NewKey> =>
    bodyOf(newKeySchema, await client.call('api-keys.create', { name: 'Inbox', scopes: ['channels.read'], ...body }));
  const using = (key: string, of = started): ParleyClient => new ParleyClient(of.operator.url, key);
  const statusOf = async (key: string, of = started): Promise<number> =>
    (await using(key, of).call('channels.list', {})).status;
  const listed = async (body = {}, client = workspace.client): Promise<z.infer<typeof listSchema>['data']> =>
    bodyOf(listSchema, await client.call('api-keys.list', body)).data;

  beforeAll(async () => {
    started = await StartedChannels.start();
    neighbour = await started.beside();
    workspace = await started.addWorkspace();
  });

  afterAll(async () => {
    await neighbour.close();
    await started.stop();
  });

  describe('workspaces.create', () => {
    const createWorkspace = (body: object, headers = {}): Promise<Answer> =>
      started.operator.call('workspaces.create', body, headers);

    it('makes a tenant who has nothing, and is answered once for an Idempotency-Key', async () => {
      const first = await createWorkspace({ name: 'Blue Shop' }, { 'idempotency-key': 'ws-1' });
      const again = await createWorkspace({ name: 'Blue Shop' }, { 'idempotency-key': 'ws-1' });
      const { id, name } = bodyOf(workspaceSchema, first);
      expect(name).toBe('Blue Shop');
      expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
      const { key } = await create({ workspace_id: id, scopes: ['admin'] }, started.operator);
      expect(await using(key).channels()).toEqual([]);
    });

    it('is for the default workspace only, and says so', async () => {
      const refused = await workspace.client.call('workspaces.create', { name: 'x' });
      expect(expectProblem(refused, 403, 'scope_missing').detail).toMatch(/default workspace/);
      const limited = await create({ scopes: ['channels.read'] }, started.operator);
      expectProblem(await using(limited.key).call('workspaces.create', { name: 'x' }), 403, 'scope_missing');
    });

    it.each([{}, { name: '' }, { name: ' ' }, { name: 5 }, { name: 'x'.repeat(201) }])('refuses %j', async (body) => {
      const { errors } = expectProblem(await createWorkspace(body), 400, 'invalid_request');
      expect(errors?.map(({ field }) => field)).toEqual(['name']);
    });
  });

  describe('api-keys.create', () => {
    it('shows the key once, and it counts at once', async () => {
      const made = await create({ name: 'Bot', scopes: ['channels.read', 'stream.read', 'channels.read'] });
      expect(made).toMatchObject({ workspace_id: workspace.id, name: 'Bot', expires_at: null, rate_limit: 500 });
      expect(made.scopes).toEqual(['channels.read', 'stream.read']);
      expect(await statusOf(made.key)).toBe(200);
      const text = JSON.stringify(await listed());
      expect(text).toContain(made.id);
      expect(text).not.toContain(made.key);
    });

    it('keeps no answer: another call is another key', async () => {
      const body = { name: 'twice', scopes: ['channels.read'] };
      const ask = async (): Promise<NewKey> =>
        bodyOf(newKeySchema, await workspace.client.call('api-keys.create', body, { 'idempotency-key': 'k' }));
      expect((await ask()).key).not.toBe((await ask()).key);
    });

    it('gives every scope there is', async () => {
      expect((await create({ scopes: [...apiScopes] })).scopes).toEqual([...apiScopes]);
    });

    it('makes keys of another workspace for an admin key of the default one, and for nobody else', async () => {
      const made = await create({ workspace_id: workspace.id }, started.operator);
      expect(made.workspace_id).toBe(workspace.id);
      const other = await started.addWorkspace();
      for (const client of [other.client, started.operator]) {
        for (const id of [unknownId, 'x'])
          expectProblem(
            await client.call('api-keys.create', { workspace_id: id, name: 'x', scopes: ['admin'] }),
            404,
            'not_found',
          );
      }
      for (const call of ['api-keys.create', 'api-keys.list'])
        expectProblem(
          await other.client.call(call, { workspace_id: workspace.id, name: 'x', scopes: ['admin'] }),
          404,
          'not_found',
        );
    });

    it.each<[object, string[]]>([
      [{}, ['name', 'scopes']],
      [{ name: 'x', scopes: [] }, ['scopes']],
      [{ name: 'x', scopes: 'admin' }, ['scopes']],
      [{ name: 'x', scopes: ['root'] }, ['scopes']],
      [{ name: 'x', scopes: ['admin'], expires_at: '2020-01-01T00:00:00Z' }, ['expires_at']],
      [{ name: 'x', scopes: ['admin'], expires_at: '2040-02-30T00:00:00Z' }, ['expires_at']],
      [{ name: 'x', scopes: ['admin'], expires_at: '2040-01-01' }, ['expires_at']],
      [{ name: 'x', scopes: ['admin'], expires_at: 4_102_444_800 }, ['expires_at']],
      [{ name: 'x', scopes: ['admin'], rate_limit: 0 }, ['rate_limit']],
      [{ name: 'x', scopes: ['admin'], rate_limit: '5' }, ['rate_limit']],
      [{ name: 'x', scopes: ['admin'], rate_limit: 1.5, workspace_id: 5 }, ['rate_limit', 'workspace_id']],
    ])('refuses %j', async (body, fields) => {
      const { errors } = expectProblem(await workspace.client.call('api-keys.create', body), 400, 'invalid_request');
      expect(errors?.map(({ field }) => field).sort()).toEqual(fields);
    });

    it('takes an end with an offset, and the key ends there, in every process', async () => {
      const endMs = Date.now() + 1_500;
      const local = new Date(endMs + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
      const made = await create({ expires_at: local });
      expect(made.expires_at).toBe(new Date(endMs).toISOString());
      expect([await statusOf(made.key), await statusOf(made.key, neighbour)]).toEqual([200, 200]);
      await waitFor('the end of the key', async () => (await statusOf(made.key)) === 401, 3_000);
      expect(Date.now() - endMs).toBeLessThan(200);
      expect(await statusOf(made.key, neighbour)).toBe(401);
    });
  });

  describe('api-keys.list', () => {
    it('is newest first, with what was revoked, and shows no hash', async () => {
      const { client } = await started.addWorkspace();
      const first = await create({ name: 'first', rate_limit: 7 }, client);
      const second = await create({ name: 'second' }, client);
      await client.call('api-keys.revoke', { api_key_id: first.id });
      const keys = await listed({}, client);
      expect(keys.map(({ name }) => name)).toEqual(['second', 'first', 'Inbox']);
      expect(at(keys, 0)).toMatchObject({ id: second.id, revoked_at: null, rate_limit: 500 });
      expect(at(keys, 1)).toMatchObject({ id: first.id, revoked_at: expect.any(String), rate_limit: 7 });
    });

    it('lists another workspace for the default one', async () => {
      const ids = (await listed({ workspace_id: workspace.id }, started.operator)).map(({ workspace_id: id }) => id);
      expect(new Set(ids)).toEqual(new Set([workspace.id]));
    });
  });

  describe('api-keys.revoke', () => {
    const revoke = (body: object, client = workspace.client): Promise<Answer> => client.call('api-keys.revoke', body);

    it('ends a key at once where it is said, and within a second elsewhere', async () => {
      const { id, key } = await create({});
      expect([await statusOf(key), await statusOf(key, neighbour)]).toEqual([200, 200]);
      const revokedAt = performance.now();
      expect((await revoke({ api_key_id: id })).status).toBe(204);
      expect(await statusOf(key)).toBe(401);
      await waitFor('the neighbour to know', async () => (await statusOf(key, neighbour)) === 401, 2_000);
      expect(performance.now() - revokedAt).toBeLessThan(1_300);
      expect((await revoke({ api_key_id: id })).status).toBe(204);
    });

    it('finds nothing in another workspace, except for the default one', async () => {
      const { client } = await started.addWorkspace();
      const { id, key } = await create({});
      for (const from of [client, started.operator])
        expectProblem(await revoke({ api_key_id: id }, from), 404, 'not_found');
      expectProblem(await revoke({ api_key_id: unknownId }), 404, 'not_found');
      expectProblem(await revoke({ api_key_id: 'x' }), 404, 'not_found');
      expect(await statusOf(key)).toBe(200);
      expect((await revoke({ api_key_id: id, workspace_id: workspace.id }, started.operator)).status).toBe(204);
      expect(await statusOf(key)).toBe(401);
    });

    it('leaves the key of the installation, and says what to do instead', async () => {
      const bootstrap = only((await listed({}, started.operator)).filter(({ name }) => name === 'bootstrap'));
      expect(bootstrap).toMatchObject({ scopes: ['admin'], rate_limit: null });
      const problem = expectProblem(
        await revoke({ api_key_id: bootstrap.id }, started.operator),
        400,
        'invalid_request',
      );
      expect(problem.detail).toContain('PARLEY_API_KEY');
      expect((await started.operator.call('channels.list', {})).status).toBe(200);
    });
  });

  describe('a limited key', () => {
    const headersOf = ({ headers }: Answer): (string | null)[] =>
      ['ratelimit-policy', 'ratelimit'].map((name) => headers.get(name));

    it('is told on every answer what is left, errors included', async () => {
      const { key } = await create({ rate_limit: 1_000 });
      const answers = [
        await using(key).call('channels.list', {}),
        await using(key).call('channels.list', { source: 5 }),
        await using(key).call('messages.send', {}),
        await using(key).raw('/stream', { method: 'GET', headers: { authorization: `Bearer ${key}` } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 403, 403]);
      for (const answer of answers)
        expect(headersOf(answer)).toEqual(['"default";q=1000;w=1', expect.stringMatching(/^"default";r=9\d\d;t=1$/)]);
    });

    it('gets its limit a second, then 429, then goes on', async () => {
      const { key } = await create({ rate_limit: 5 });
      const answers = await Promise.all(Array.from({ length: 12 }, () => using(key).call('channels.list', {})));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(5);
      for (const answer of refused) {
        expectProblem(answer, 429, 'rate_limited');
        expect([answer.headers.get('retry-after'), ...headersOf(answer)]).toEqual([
          ...['1', '"default";q=5;w=1', '"default";r=0;t=1'],
        ]);
      }
      await waitFor('the bucket to be filled', async () => (await statusOf(key)) === 200, 2_000);
      expect((await workspace.client.call('channels.list', {})).status).toBe(200);
    });

    it('is any created one; the key of the installation is not', async () => {
      const { key } = await create({});
      expect(headersOf(await using(key).call('channels.list', {}))).toEqual([
        ...['"default";q=500;w=1', '"default";r=499;t=1'],
      ]);
      expect(headersOf(await started.operator.call('channels.list', {}))).toEqual([null, null]);
    });

    it('asks the database for nothing', async () => {
      const { key } = await create({ rate_limit: 1 });
      expect(await statusOf(key)).toBe(200);
      const refused: number[] = [];
      const queries = await started.countQueries(async () => {
        refused.push(...(await Promise.all(Array.from({ length: 20 }, () => statusOf(key)))));
      });
      expect(refused.filter((status) => status === 429).length).toBeGreaterThanOrEqual(19);
      expect(queries).toBeLessThanOrEqual(3);
    });
  });

  it('no key is in any log line', () => {
    const lines = started.lines.join('\n');
    expect(lines).toContain('an API key was made');
    expect(lines).not.toMatch(/parley_[0-9A-Za-z]/);
    expect(lines).not.toContain(started.operator.key);
  });
});
