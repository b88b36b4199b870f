import { SourceRefusal, type ChannelCredentials, type SourceApp } from '#libs/channels/kit';
import type { GraphClient } from '../graph/graph.client.js';
import { asList, asObject, asText, idOf, isObject, type JsonObject } from '../json.js';
import { checkAlive, debugToken, TOKEN } from './inspect-page.js';
import { expectAnswer, refusal } from './source-refusal.js';

/** Without `access_token`: tokens of pages that nobody connects are nobody's business. */
const PAGE_FIELDS = 'id,name,picture';
const LIMIT = '100';
/** Of one call of ours, however Facebook's lists go on. */
const CALLS_MAX = 100;
/** Nobody waits longer for an answer of ours. */
const PATIENCE_MS = 45_000;
/** Facebook's code for what it does not take. */
const INVALID_PARAMETER = 100;
const WRONG_APP = 'The token was made by none of the apps that are known here: make one with one of them.';
const NO_USER = 'The token is not a user token: log in, and take the token of the user.';

export interface FoundPage {
  readonly id: string;
  readonly name: string;
  readonly imageUrl: string | null;
}

/** Every page that the user may manage, once each. */
export async function explorePages(
  graph: GraphClient,
  apps: readonly SourceApp[],
  token: string,
): Promise<readonly FoundPage[]> {
  const lists = new Lists(graph, { sourceChannelId: '', token, app: await appOf(graph, apps, token) });
  const pages = await lists.read('me/accounts', PAGE_FIELDS);
  for (const business of await businessesOf(lists)) {
    pages.push(...(await lists.read(`${encodeURIComponent(business)}/owned_pages`, PAGE_FIELDS)));
  }
  return [...new Map(pages.flatMap(readPage).map((page) => [page.id, page])).values()];
}

/** Pages of a business are missing without `business_management`; those of the user are there all the same. */
async function businessesOf(lists: Lists): Promise<string[]> {
  const businesses = await lists.read('me/businesses', 'id', 'permission_missing');
  return [...new Set(businesses.flatMap(({ id }) => idOf(id) ?? []))];
}

/** The app that made the token: its secret proves our calls. */
async function appOf(graph: GraphClient, apps: readonly SourceApp[], token: string): Promise<SourceApp> {
  if (!TOKEN.test(token)) throw refusal('token_invalid');
  for (const app of apps) {
    const data = await lookInto(graph, { sourceChannelId: '', token, app });
    if (data === null || isOfAnotherApp(data, app)) continue;
    checkAlive(data, { token, app });
    if (data['type'] === 'PAGE') throw refusal('token_invalid', NO_USER);
    return app;
  }
  throw refusal('token_invalid', WRONG_APP);
}

function isOfAnotherApp(data: JsonObject, { appId }: SourceApp): boolean {
  const madeBy = idOf(data['app_id']);
  return madeBy !== undefined && madeBy !== appId;
}

/** Null: Facebook shows an app the tokens of no other app, and refuses. */
async function lookInto(graph: GraphClient, credentials: ChannelCredentials): Promise<JsonObject | null> {
  try {
    return await debugToken(graph, credentials);
  } catch (error) {
    if (error instanceof SourceRefusal && error.sourceError?.code === INVALID_PARAMETER) return null;
    throw error;
  }
}

/** Facebook's lists, page by page: https://developers.facebook.com/docs/graph-api/results */
class Lists {
  private calls = 0;
  private readonly sinceMs = performance.now();

  constructor(
    private readonly graph: GraphClient,
    private readonly credentials: ChannelCredentials,
  ) {}

  /** `tolerated`: with this refusal there is nothing to list. */
  async read(path: string, fields: string, tolerated?: SourceRefusal['code']): Promise<JsonObject[]> {
    try {
      return await this.readAll(path, fields);
    } catch (error) {
      if (tolerated !== undefined && error instanceof SourceRefusal && error.code === tolerated) return [];
      throw error;
    }
  }

  /** By the cursor, not by the URL of the next page: that one carries the token, and may lead anywhere. */
  private async readAll(path: string, fields: string): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    const seen = new Set<string>();
    let after: string | undefined;
    do {
      if (after !== undefined) seen.add(after);
      const answer = await this.ask(path, { fields, limit: LIMIT, ...(after !== undefined && { after }) });
      found.push(...asList(answer['data']).filter(isObject));
      after = nextOf(answer);
    } while (after !== undefined && !seen.has(after) && this.calls < CALLS_MAX);
    return found;
  }

  private async ask(path: string, query: Readonly<Record<string, string>>): Promise<JsonObject> {
    this.calls += 1;
    if (performance.now() - this.sinceMs > PATIENCE_MS) throw refusal('graph_timeout');
    const { token, app } = this.credentials;
    return expectAnswer(
      await this.graph.call({ method: 'GET', path, query, token, secret: app.secrets[0] }),
      this.credentials,
    );
  }
}

function nextOf(answer: JsonObject): string | undefined {
  const paging = asObject(answer['paging']);
  return paging['next'] === undefined ? undefined : asText(asObject(paging['cursors'])['after']);
}

function readPage({ id, name, picture }: JsonObject): FoundPage[] {
  const pageId = idOf(id);
  if (pageId === undefined) return [];
  const imageUrl = asText(asObject(asObject(picture)['data'])['url']) ?? null;
  return [{ id: pageId, name: asText(name) ?? pageId, imageUrl }];
}
