import { BadRequestException } from '@nestjs/common';
import type { Customer } from '../world/customer.js';
import type { Page, PageStore } from '../world/page.store.js';

export function findPage(pages: PageStore, pageId: string): Page {
  const page = pages.find(pageId);
  if (page === undefined) throw new BadRequestException(`There is no page ${pageId}; make it with pages.create`);
  return page;
}

export function findCustomer(page: Page, psid: string): Customer {
  const customer = page.customers.get(psid);
  if (customer === undefined) {
    throw new BadRequestException(`Page ${page.id} has no customer ${psid}; make one with customers.create`);
  }
  return customer;
}
