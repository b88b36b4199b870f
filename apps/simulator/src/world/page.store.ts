import { Injectable } from '@nestjs/common';
import { DEMO_CUSTOMER_PSID, DEMO_PAGE_ID, DEMO_USER_ID } from '../simulator.options.js';

export interface Customer {
  readonly psid: string;
  readonly firstName: string;
  readonly lastName: string;
  /** What a profile request gets: the fields, an empty object, or error 2018218. */
  readonly profile: 'open' | 'hidden' | 'unavailable';
  /** Opens the 24 h window; epoch milliseconds. */
  lastWroteAt: number | null;
  lastEventAt: number;
}

export interface Page {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly businessId: string | null;
  readonly scopes: readonly string[];
  readonly customers: Map<string, Customer>;
  /** null: the app is not subscribed to the page. */
  subscribedFields: readonly string[] | null;
}

type Given<T, K extends keyof T> = { readonly [Name in K]?: T[Name] | undefined };
export type NewPage = Given<Page, 'id' | 'name' | 'userId' | 'businessId' | 'scopes'>;
export type NewCustomer = Given<Customer, 'psid' | 'firstName' | 'lastName' | 'profile' | 'lastWroteAt'>;

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
      customers: new Map(),
    };
    this.pages.set(id, created);
    return created;
  }

  createCustomer(page: Page, customer: NewCustomer): Customer {
    const psid = customer.psid ?? String(this.nextPsid++);
    const created: Customer = {
      psid,
      firstName: customer.firstName ?? 'Customer',
      lastName: customer.lastName ?? psid.slice(-4),
      profile: customer.profile ?? 'open',
      lastWroteAt: customer.lastWroteAt ?? null,
      lastEventAt: 0,
    };
    page.customers.set(psid, created);
    return created;
  }

  find(pageId: string): Page | undefined {
    return this.pages.get(pageId);
  }

  all(): readonly Page[] {
    return [...this.pages.values()];
  }
}

/** Strictly rising per conversation, so that the order of its messages can be read off their timestamps. */
export function nextTimestamp(customer: Customer, now: number): number {
  customer.lastEventAt = Math.max(now, customer.lastEventAt + 1);
  return customer.lastEventAt;
}
