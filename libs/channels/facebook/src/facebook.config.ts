import type { Environment, SourceApp } from '#libs/channels/kit';
import { z } from 'zod';
import type { GraphOptions } from './graph/graph.client.js';

const SECRETS_MAX = 2;

/** Visible ASCII: secrets travel in headers. */
const secret = z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces');
const secrets = z
  .string()
  .transform((list) => list.split(',').map((part) => part.trim()))
  .pipe(z.array(secret).max(SECRETS_MAX, 'takes the current secret and, behind a comma, the previous one'));

const environmentSchema = z.object({
  FACEBOOK_APP_ID: z.string().regex(/^\d+$/, 'must be digits').optional(),
  FACEBOOK_APP_SECRET: secrets.optional(),
  FACEBOOK_WEBHOOK_SECRET: z.string().default(''),
  FACEBOOK_GRAPH_URL: z
    .string()
    .refine(isPlainUrl, 'must be an http or https URL without credentials or query')
    .default('https://graph.facebook.com'),
  FACEBOOK_GRAPH_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must look like v25.0')
    .default('v25.0'),
});

export interface FacebookConfig {
  readonly ownApp: SourceApp | null;
  readonly graph: GraphOptions;
  /** For apps that have none of their own; '': none. */
  readonly verifyToken: string;
}

type Read =
  { readonly ok: true; readonly config: FacebookConfig } | { readonly ok: false; readonly problems: string[] };

/** Everything that is wrong at once, in words, without a value. */
export function readFacebookConfig(environment: Environment): Read {
  // An empty variable is what compose files and charts make of an unset one.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const wrong = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  const problems = [
    ...wrong,
    ...lonely(given, 'FACEBOOK_APP_ID', 'FACEBOOK_APP_SECRET'),
    ...lonely(given, 'FACEBOOK_APP_SECRET', 'FACEBOOK_APP_ID'),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { data } = parsed;
  const verifyToken = data.FACEBOOK_WEBHOOK_SECRET;
  const app = {
    appId: data.FACEBOOK_APP_ID ?? '',
    secrets: data.FACEBOOK_APP_SECRET ?? [],
    verifyToken,
    workspaceId: null,
  };
  const graph = { url: data.FACEBOOK_GRAPH_URL.replace(/\/+$/, ''), version: data.FACEBOOK_GRAPH_VERSION };
  return { ok: true, config: { ownApp: app.appId === '' ? null : app, graph, verifyToken } };
}

function lonely(given: Environment, name: string, other: string): string[] {
  return given[name] !== undefined && given[other] === undefined ? [`${other}: needed beside ${name}`] : [];
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
