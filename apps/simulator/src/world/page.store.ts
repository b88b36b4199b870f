import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { DEMO_CUSTOMER_PSID, DEMO_PAGE_ID, DEMO_USER_ID } from '../simulator.options.js';
import { newCustomer, type Customer, type NewCustomer } from './customer.js';

export interface Page {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly businessId: string | null;
  readonly scopes: readonly string[];
  readonly customers: Map<string, Customer>;
  /** null: the app is not subscribed to the page. */
  subscribedFields: readonly string[] | null;
  /** Since when no webhook was taken, by the simulated clock; null: the last one was. */
  failingSince: number | null;
  /** Get started, menu, greeting …, as Facebook holds them. */
  messengerProfile: JsonObject;
}

type Given<T, K extends keyof T> = { readonly [Name in K]?: T[Name] | undefined };
export type NewPage = Given<Page, 'id' | 'name' | 'userId' | 'businessId' | 'scopes'>;

const ALL_SCOPES = ['pages_show_list', 'pages_messaging', 'pages_manage_metadata', 'pages_read_engagement'];
const FIRST_FREE_PAGE = 108_200_000_000_002;
const FIRST_FREE_PSID = 6_500_000_000_000_012;

@Injectable()
export class PageStore {
  private readonly pages = new Map<string, Page>();
  private nextPage = FIRST_FREE_PAGE;
  private nextPsid = FIRST_FREE_PSID;

  constructor() {
    const page = this.create({ id: DEMO_PAGE_ID, name: 'Demo Page' });
    this.createCustomer(page, { psid: DEMO_CUSTOMER_PSID, firstName: 'Ana', lastName: 'Example' });
  }

  create(page: NewPage): Page {
    const id = page.id ?? String(this.nextPage++);
    const known = this.pages.get(id);
    if (known !== undefined) return known;
    const created: Page = {
      id,
      name: page.name ?? `Page ${id}`,
      userId: page.userId ?? DEMO_USER_ID,
      businessId: page.businessId ?? null,
      scopes: page.scopes ?? ALL_SCOPES,
      subscribedFields: null,
      failingSince: null,
      messengerProfile: {},
      customers: new Map(),
    };
    this.pages.set(id, created);
    return created;
  }

  createCustomer(page: Page, given: NewCustomer): Customer {
    const customer = newCustomer(given.psid ?? String(this.nextPsid++), given);
    page.customers.set(customer.psid, customer);
    return customer;
  }

  find(pageId: string): Page | undefined {
    return this.pages.get(pageId);
  }

  all(): readonly Page[] {
    return [...this.pages.values()];
  }
}
