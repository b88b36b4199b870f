import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Customer } from './customer.js';
import type { Page } from './page.store.js';

/** What reaches a customer: a message, or a sender action such as typing. */
export interface Arrival {
  readonly mid?: string;
  readonly message?: JsonObject;
  readonly senderAction?: string;
}

/** Lets scripted customers hear what the app sends them. */
@Injectable()
export class Arrivals {
  private readonly emitter = new EventEmitter();

  announce(page: Page, customer: Customer, arrival: Arrival): void {
    this.emitter.emit(keyOf(page, customer), arrival);
  }

  /** Until the function it returns is called. */
  listen(page: Page, customer: Customer, heard: (arrival: Arrival) => void): () => void {
    const key = keyOf(page, customer);
    this.emitter.on(key, heard);
    return () => this.emitter.off(key, heard);
  }
}

function keyOf(page: Page, customer: Customer): string {
  return `${page.id}:${customer.psid}`;
}
