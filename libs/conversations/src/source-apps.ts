import type { ChannelConnector, SourceApp } from '#libs/channels/kit';
import { sourceAppStore, type Queryable, type SourceAppEntity } from '#libs/database';
import type { TokenVault } from '#libs/security';

/** What an app's row keeps sealed is bound to the app, so that a ciphertext moved to another row does not open. */
const boundTo = (source: string, appId: string): string => `source_apps ${source} ${appId}`;

export interface AppSecrets {
  readonly appId: string;
  readonly secret: string;
  readonly verifyToken?: string | undefined;
}

/** Every app of a source that may sign webhooks here: the installation's own and those that workspaces registered. */
export async function listSourceApps(
  sql: Queryable,
  vault: TokenVault,
  connector: ChannelConnector,
): Promise<SourceApp[]> {
  const rows = await sourceAppStore.listInAnyWorkspace(sql, connector.source);
  const registered = rows.map((row) => openApp(vault, row, connector.ownApp));
  return connector.ownApp === null
    ? registered
    : [connector.ownApp, ...registered.filter((app) => app.appId !== connector.ownApp?.appId)];
}

/** The app of a channel: a registered one of this workspace, or the installation's own. */
export async function findSourceApp(
  workspaceId: string,
  sql: Queryable,
  house: { readonly vault: TokenVault; readonly connector: ChannelConnector },
  appId: string | undefined,
): Promise<SourceApp | null> {
  const { ownApp, source } = house.connector;
  if (appId === undefined || appId === ownApp?.appId) return ownApp;
  const row = await sourceAppStore.find(workspaceId, sql, { source, source_app_id: appId });
  return row === null ? null : openApp(house.vault, row, ownApp);
}

/** Every app that a workspace may connect through: the installation's own first. */
export async function listWorkspaceApps(
  workspaceId: string,
  sql: Queryable,
  { vault, connector }: { readonly vault: TokenVault; readonly connector: ChannelConnector },
): Promise<SourceApp[]> {
  const apps = await listSourceApps(sql, vault, connector);
  return apps.filter((app) => app.workspaceId === null || app.workspaceId === workspaceId);
}

/** False: another workspace has registered it. */
export async function registerSourceApp(
  workspaceId: string,
  sql: Queryable,
  vault: TokenVault,
  { source, appId, secret, verifyToken }: AppSecrets & { readonly source: string },
): Promise<boolean> {
  const former = await sourceAppStore.find(workspaceId, sql, { source, source_app_id: appId });
  const known = former === null ? [] : openSecrets(vault, former);
  // the previous secret stays valid while a rotation lasts
  const secrets = [secret, ...known.filter((other) => other !== secret)].slice(0, 2);
  const { kind } = await sourceAppStore.put(workspaceId, sql, {
    source,
    source_app_id: appId,
    secrets_sealed: vault.seal(JSON.stringify(secrets), boundTo(source, appId)),
    verify_token_sealed: verifyToken === undefined ? null : vault.seal(verifyToken, boundTo(source, appId)),
  });
  return kind === 'kept';
}

function openApp(vault: TokenVault, row: SourceAppEntity, ownApp: SourceApp | null): SourceApp {
  const sealedToken = row.verify_token_sealed;
  return {
    appId: row.source_app_id,
    secrets: openSecrets(vault, row),
    verifyToken:
      sealedToken === null
        ? (ownApp?.verifyToken ?? '')
        : vault.open(sealedToken, boundTo(row.source, row.source_app_id)),
    workspaceId: row.workspace_id,
  };
}

function openSecrets(vault: TokenVault, row: SourceAppEntity): string[] {
  return JSON.parse(vault.open(row.secrets_sealed, boundTo(row.source, row.source_app_id))) as string[];
}
