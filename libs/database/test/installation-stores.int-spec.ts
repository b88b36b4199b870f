import { createHash, randomUUID } from 'node:crypto';
import { present } from '../../../test/harness/only.js';
import type { Database } from '../src/database.js';
import { apiKeyStore, type NewApiKey } from '../src/stores/api-key.store.js';
import { installationStore } from '../src/stores/installation.store.js';
import { sourceAppStore, type NewSourceApp } from '../src/stores/source-app.store.js';
import { workspaceStore } from '../src/stores/workspace.store.js';
import { openMigratedDatabase, type OpenedDatabase } from './migrated-database.js';

let opened: OpenedDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openMigratedDatabase(6);
  database = opened.database;
});
afterAll(() => opened.close());

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('installationStore', () => {
  it('keeps the first value, also when several put at once', async () => {
    const proposals = ['a', 'b', 'c', 'd'];
    const standing = await Promise.all(
      proposals.map((value) => installationStore.putIfAbsent(database, 'partitions', value)),
    );

    expect(new Set(standing).size).toBe(1);
    expect(proposals).toContain(standing[0]);
    expect(await installationStore.get(database, 'partitions')).toBe(standing[0]);
    expect(await installationStore.putIfAbsent(database, 'partitions', 'later')).toBe(standing[0]);
  });

  it('knows nothing of what nobody put', async () => {
    expect(await installationStore.get(database, 'nothing')).toBeNull();
  });
});

describe('workspaceStore', () => {
  it('creates and finds', async () => {
    const id = randomUUID();
    const created = await workspaceStore.create(id, database, 'Support');

    expect(created).toEqual({ id, name: 'Support', created_at: expect.any(Date) });
    expect(await workspaceStore.find(id, database)).toEqual(created);
    expect(await workspaceStore.find(randomUUID(), database)).toBeNull();
  });

  it('makes one default workspace, whoever starts first and how often', async () => {
    const start = (): ReturnType<typeof workspaceStore.findOrCreateDefault> =>
      database.transaction((transaction) => workspaceStore.findOrCreateDefault(randomUUID(), transaction, 'Default'));
    const [first, ...others] = await Promise.all([start(), start(), start()]);

    expect([...others, await start()]).toEqual([first, first, first]);
    expect(await database.query(`select id::text from workspaces where name = 'Default'`)).toEqual([{ id: first.id }]);
  });
});

describe('apiKeyStore', () => {
  const newKey = (secret: string, changes: Partial<NewApiKey> = {}): NewApiKey => ({
    id: randomUUID(),
    name: 'inbox',
    key_sha256: sha256(secret),
    scopes: ['messages.send', 'stream.read'],
    rate_limit: 500,
    expires_at: null,
    ...changes,
  });

  it('finds a key by its hash, whosever it is', async () => {
    const workspaceId = randomUUID();
    const key = newKey('secret one', { expires_at: new Date('2999-01-01T00:00:00.000Z') });
    const inserted = await apiKeyStore.insert(workspaceId, database, key);

    expect(inserted).toEqual({ ...key, workspace_id: workspaceId, created_at: expect.any(Date), revoked_at: null });
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('secret one'))).toEqual(inserted);
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('guessed'))).toBeNull();
  });

  it('does not find one that has expired', async () => {
    await apiKeyStore.insert(
      randomUUID(),
      database,
      newKey('old', { expires_at: new Date('2001-01-01T00:00:00.000Z') }),
    );

    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('old'))).toBeNull();
  });

  it('revokes in its workspace only, and once', async () => {
    const workspaceId = randomUUID();
    const { id } = await apiKeyStore.insert(workspaceId, database, newKey('leaked'));
    expect(await apiKeyStore.revoke(randomUUID(), database, id)).toBeNull();
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('leaked'))).not.toBeNull();

    expect(await apiKeyStore.revoke(workspaceId, database, id)).toMatchObject({ id });
    const [revoked] = await apiKeyStore.list(workspaceId, database);
    expect(await apiKeyStore.revoke(workspaceId, database, id)).toMatchObject({ id });

    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('leaked'))).toBeNull();
    expect(revoked?.revoked_at).toEqual(expect.any(Date));
    expect(await apiKeyStore.list(workspaceId, database)).toEqual([revoked]);
  });

  it('lists the keys of a workspace, newest first', async () => {
    const workspaceId = randomUUID();
    const first = await apiKeyStore.insert(
      workspaceId,
      database,
      newKey('first', { id: `00000001${randomUUID().slice(8)}` }),
    );
    await apiKeyStore.insert(randomUUID(), database, newKey('of another'));
    const second = await apiKeyStore.insert(
      workspaceId,
      database,
      newKey('second', { id: `00000002${randomUUID().slice(8)}` }),
    );

    expect(await apiKeyStore.list(workspaceId, database)).toEqual([second, first]);
  });

  it('puts the bootstrap key once, and another in its place', async () => {
    const workspaceId = randomUUID();
    await Promise.all([1, 2, 3].map(() => apiKeyStore.putBootstrap(workspaceId, database, sha256('bootstrap'))));
    const [bootstrap, ...others] = await apiKeyStore.list(workspaceId, database);

    expect(bootstrap).toMatchObject({ name: 'bootstrap', scopes: ['admin'], rate_limit: null, expires_at: null });
    expect(others).toEqual([]);

    await apiKeyStore.putBootstrap(workspaceId, database, sha256('changed'));

    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('bootstrap'))).toBeNull();
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('changed'))).toMatchObject({
      id: bootstrap?.id,
    });
  });

  it('leaves a revoked bootstrap key revoked until it is changed', async () => {
    const workspaceId = randomUUID();
    await apiKeyStore.putBootstrap(workspaceId, database, sha256('boot 1'));
    const [bootstrap] = await apiKeyStore.list(workspaceId, database);
    await apiKeyStore.revoke(workspaceId, database, present(bootstrap, 'the bootstrap key').id);

    await apiKeyStore.putBootstrap(workspaceId, database, sha256('boot 1'));
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('boot 1'))).toBeNull();

    await apiKeyStore.putBootstrap(workspaceId, database, sha256('boot 2'));
    expect(await apiKeyStore.findByHashInAnyWorkspace(database, sha256('boot 2'))).toMatchObject({ id: bootstrap?.id });
  });
});

describe('sourceAppStore', () => {
  const newApp = (changes: Partial<NewSourceApp> = {}): NewSourceApp => ({
    source: 'facebook',
    source_app_id: '1001',
    secrets_sealed: 'sealed 1',
    verify_token_sealed: 'token 1',
    ...changes,
  });

  it('lets the workspace that registered an app give it new secrets, and no other', async () => {
    const [owner, other] = [randomUUID(), randomUUID()];
    expect(await sourceAppStore.put(owner, database, newApp())).toMatchObject({ kind: 'kept' });

    expect(await sourceAppStore.put(other, database, newApp({ secrets_sealed: 'theirs' }))).toEqual({ kind: 'taken' });
    expect(
      await sourceAppStore.put(owner, database, newApp({ secrets_sealed: 'sealed 2', verify_token_sealed: null })),
    ).toMatchObject({ kind: 'kept', app: { secrets_sealed: 'sealed 2', verify_token_sealed: 'token 1' } });

    expect(await sourceAppStore.find(owner, database, newApp())).toMatchObject({ secrets_sealed: 'sealed 2' });
    expect(await sourceAppStore.find(other, database, newApp())).toBeNull();
  });

  it('lists the apps of a source in all workspaces', async () => {
    await sourceAppStore.put(randomUUID(), database, newApp({ source: 'elsewhere', source_app_id: '2' }));
    await sourceAppStore.put(randomUUID(), database, newApp({ source: 'elsewhere', source_app_id: '1' }));

    const apps = await sourceAppStore.listInAnyWorkspace(database, 'elsewhere');
    expect(apps.map((app) => app.source_app_id)).toEqual(['1', '2']);
  });
});
