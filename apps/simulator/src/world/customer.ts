import type { JsonObject } from '../json.js';

/** As much of a conversation as is needed to tap, react, edit and unsend. */
export interface ThreadMessage {
  readonly mid: string;
  readonly isFromPage: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: JsonObject;
  edits: number;
}

export interface Owner {
  readonly appId: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface Customer {
  readonly psid: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly timezone: number;
  /** What a profile request gets: the fields, an empty object, error 2018218, or error 2018247. */
  readonly profile: 'open' | 'hidden' | 'unavailable' | 'forbidden';
  /** Opens the 24 h window; epoch milliseconds. */
  lastWroteAt: number | null;
  lastEventAt: number;
  /** Blocked the page: messages are refused, the profile is empty. */
  isBlocking: boolean;
  /** The app that controls the thread; null while no app does. */
  owner: Owner | null;
  readonly thread: ThreadMessage[];
  /** Something was written before the oldest that is remembered. */
  hasOlder: boolean;
}

type Given<T, K extends keyof T> = { readonly [Name in K]?: T[Name] | undefined };
export type NewCustomer = Given<
  Customer,
  'psid' | 'firstName' | 'lastName' | 'locale' | 'timezone' | 'profile' | 'lastWroteAt' | 'isBlocking'
>;

/** Facebook gives detail for the newest 20. https://developers.facebook.com/docs/messenger-platform/conversations */
const REMEMBERED = 20;

export function newCustomer(psid: string, given: NewCustomer): Customer {
  return {
    psid,
    firstName: given.firstName ?? 'Customer',
    lastName: given.lastName ?? psid.slice(-4),
    locale: given.locale ?? 'en_GB',
    timezone: given.timezone ?? 1,
    profile: given.profile ?? 'open',
    lastWroteAt: given.lastWroteAt ?? null,
    lastEventAt: 0,
    isBlocking: given.isBlocking ?? false,
    owner: null,
    thread: [],
    hasOlder: false,
  };
}

/** Strictly rising per conversation, so that the order of its messages can be read off their timestamps. */
export function nextTimestamp(customer: Customer, now: number): number {
  customer.lastEventAt = Math.max(now, customer.lastEventAt + 1);
  return customer.lastEventAt;
}

export function openWindow(customer: Customer, at: number): void {
  customer.lastWroteAt = Math.max(customer.lastWroteAt ?? 0, at);
}

export function remember(customer: Customer, message: Omit<ThreadMessage, 'edits'>): void {
  customer.thread.push({ ...message, edits: 0 });
  if (customer.thread.length <= REMEMBERED) return;
  customer.thread.shift();
  customer.hasOlder = true;
}

export function newestFirst({ thread }: Customer): ThreadMessage[] {
  return thread.toSorted((one, other) => other.at - one.at);
}

/** Control ends by itself; then no app has it. */
export function ownerOf(customer: Customer, now: number): Owner | null {
  return customer.owner !== null && customer.owner.until > now ? customer.owner : null;
}
