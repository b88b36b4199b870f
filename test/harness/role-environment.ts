/** Each of them a process of its own. */
export const roles = ['ingester', 'projector', 'channels', 'sender'] as const;
export type Role = (typeof roles)[number];

export interface RoleSettings {
  readonly databaseUrl: string;
  /** Of this suite alone: the ingester locks its spool there. */
  readonly home: string;
  readonly apiKey: string;
  readonly encryptionKey: string;
  readonly app: { readonly appId: string; readonly appSecret: string; readonly verifyToken: string };
  readonly graphUrl: string;
}

/** What every process of an installation on DATABASE_URL is given; `own` goes over it. */
export function roleEnvironment(settings: RoleSettings, own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { databaseUrl, home, apiKey, encryptionKey, app, graphUrl } = settings;
  return {
    DATABASE_URL: databaseUrl,
    PARLEY_HOME: home,
    PARLEY_ENCRYPTION_KEY: encryptionKey,
    PARLEY_API_KEY: apiKey,
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
    PORT: '0',
    METRICS_PORT: '0',
    FACEBOOK_APP_ID: app.appId,
    FACEBOOK_APP_SECRET: app.appSecret,
    FACEBOOK_WEBHOOK_SECRET: app.verifyToken,
    FACEBOOK_GRAPH_URL: graphUrl,
    ...own,
  };
}
