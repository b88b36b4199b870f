import { Controller, Get, Param, Req, UseInterceptors } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Customer } from '../world/customer.js';
import { PageStore, type Page } from '../world/page.store.js';
import { Callers } from './callers.js';
import { pickFields, requestedFields } from './fields.js';
import { refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { nextPageOf } from './paging.js';
import { TokenStore, type Token } from './token.store.js';

@Controller()
@UseInterceptors(GraphInterceptor)
export class NodesController {
  constructor(
    private readonly callers: Callers,
    private readonly tokens: TokenStore,
    private readonly pages: PageStore,
  ) {}

  /** A page, the user behind the token, or the profile of a customer. */
  @Get(':id')
  node(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const token = this.callers.token(request);
    const fields = requestedFields(parametersOf(request));
    const nodeId = id === 'me' ? token.ownerId : id;
    const page = this.pages.find(nodeId);
    if (page !== undefined && this.isOwn(token, page)) {
      return pickFields(this.pageNode(page, token), 'Page', fields ?? ['name']);
    }
    if (token.kind === 'USER' && nodeId === token.ownerId) {
      return pickFields(userNode(token), 'User', fields ?? ['name']);
    }
    return this.customerProfile(token, nodeId, fields);
  }

  @Get(':id/accounts')
  accounts(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const token = this.userToken(id, request);
    return this.pageList(token, request, (page) => page.businessId === null);
  }

  @Get(':id/businesses')
  businesses(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const token = this.userToken(id, request);
    const ids = this.ownPages(token).flatMap((page) => (page.businessId === null ? [] : [page.businessId]));
    const nodes = [...new Set(ids)].map((businessId) => ({ id: businessId, name: `Business ${businessId}` }));
    return nextPageOf(nodes, request);
  }

  @Get(':id/owned_pages')
  ownedPages(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    return this.pageList(this.callers.token(request), request, (page) => page.businessId === id);
  }

  private userToken(id: string, request: GraphRequest): Token {
    const token = this.callers.token(request);
    if (token.kind !== 'USER' || (id !== 'me' && id !== token.ownerId)) throw refusal('object_missing');
    return token;
  }

  private pageList(token: Token, request: GraphRequest, isListed: (page: Page) => boolean): JsonObject {
    const fields = requestedFields(parametersOf(request)) ?? ['access_token', 'category', 'name', 'tasks'];
    const listed = this.ownPages(token).filter(isListed);
    const nodes = listed.map((page) => pickFields(this.pageNode(page, token), 'Page', fields));
    return nextPageOf(nodes, request);
  }

  private ownPages(token: Token): readonly Page[] {
    return this.pages.all().filter((page) => this.isOwn(token, page));
  }

  private isOwn(token: Token, page: Page): boolean {
    return token.ownerId === (token.kind === 'PAGE' ? page.id : page.userId);
  }

  private pageNode(page: Page, token: Token): JsonObject {
    return {
      id: page.id,
      name: page.name,
      category: 'Shopping & retail',
      link: `https://www.facebook.com/${page.id}`,
      tasks: ['MESSAGING', 'MODERATE', 'MANAGE'],
      picture: { data: { height: 50, width: 50, is_silhouette: false, url: pictureUrl(page.id) } },
      access_token: token.kind === 'PAGE' ? token.value : this.tokens.issue('PAGE', page.id, token.isLong).value,
    };
  }

  /** https://developers.facebook.com/docs/messenger-platform/identity/user-profile */
  private customerProfile(token: Token, psid: string, fields: readonly string[] | null): JsonObject {
    const page = token.kind === 'PAGE' ? this.pages.find(token.ownerId) : undefined;
    const customer = page?.customers.get(psid);
    if (customer === undefined) throw refusal('object_missing');
    if (customer.profile === 'unavailable') throw refusal('profile_unavailable');
    if (customer.profile === 'forbidden') throw refusal('permission_of_profile_missing');
    if (customer.profile === 'hidden' || customer.isBlocking) return {};
    return pickFields(customerNode(customer), 'User', fields ?? ['first_name', 'last_name', 'profile_pic']);
  }
}

function userNode(token: Token): JsonObject {
  return { id: token.ownerId, name: 'Demo User', picture: { data: { url: pictureUrl(token.ownerId) } } };
}

function customerNode(customer: Customer): JsonObject {
  return {
    id: customer.psid,
    name: `${customer.firstName} ${customer.lastName}`,
    first_name: customer.firstName,
    last_name: customer.lastName,
    profile_pic: pictureUrl(customer.psid),
    locale: customer.locale,
    timezone: customer.timezone,
    gender: 'female',
  };
}

function pictureUrl(id: string): string {
  return `https://scontent.simulator.example/${id}.png`;
}
