import { BadRequestException, Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { PostEvent } from '../webhooks/post-event.js';
import { nextTimestamp, openWindow, remember, type Customer } from '../world/customer.js';
import { Dice } from '../world/dice.js';
import type { Page } from '../world/page.store.js';
import type { WebhookRecord } from '../world/record.store.js';
import { CONTROL_LIFE_MS, SettingsStore } from '../world/settings.store.js';
import type { Made, PlayAct, ReadAct } from './act.js';
import { OTHER_ACTS } from './other-acts.js';
import { TAPPING_ACTS } from './tapping-acts.js';
import { WRITING_ACTS } from './writing-acts.js';

const ACTS: Readonly<Record<string, ReadAct>> = { ...WRITING_ACTS, ...TAPPING_ACTS, ...OTHER_ACTS };

export interface Played {
  readonly mid?: string;
  readonly timestamp: number;
  /** Settles when the webhook was taken or lost. */
  readonly webhook: Promise<WebhookRecord>;
}

/** Who is there, and what is known beforehand. */
export interface Stage {
  readonly page: Page;
  readonly customer: Customer;
  readonly timestamp?: number | undefined;
  readonly about?: string | undefined;
}

export function readAct(name: string, order: JsonObject): PlayAct {
  const read = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (read === undefined)
    throw new BadRequestException(`"${name}" is no act; there are ${Object.keys(ACTS).join(', ')}`);
  return read(order);
}

/** Does what people, pages and other apps do. */
@Injectable()
export class PlayActs {
  constructor(
    private readonly settings: SettingsStore,
    private readonly events: PostEvent,
    private readonly dice: Dice,
  ) {}

  play(act: PlayAct, stage: Stage): Played {
    const { page, customer } = stage;
    const timestamp = stage.timestamp ?? nextTimestamp(customer, this.settings.now());
    const scene = { pageId: page.id, appId: this.settings.appId, customer, timestamp, about: stage.about };
    const made = act({ ...scene, newMid: () => this.dice.mid() });
    this.change(customer, made, timestamp);
    const item = itemOf(made, page.id, customer.psid, timestamp);
    const webhook = this.events.post(page, { field: made.field, psid: customer.psid, mid: made.mid, item });
    return { ...(made.mid === undefined ? {} : { mid: made.mid }), timestamp, webhook };
  }

  private change(customer: Customer, made: Made, timestamp: number): void {
    const { mid, message, owner, by } = made;
    if (made.opensWindow === true) openWindow(customer, timestamp);
    if (mid !== undefined && message !== undefined)
      remember(customer, { mid, isFromPage: by === 'page', at: timestamp, message });
    if (owner !== undefined) customer.owner = { appId: owner, until: this.settings.now() + CONTROL_LIFE_MS };
  }
}

function itemOf(made: Made, pageId: string, psid: string, timestamp: number): JsonObject {
  const [from, to] = made.by === 'page' ? [pageId, psid] : [psid, pageId];
  return {
    ...(made.by === 'nobody' ? {} : { sender: { id: from } }),
    recipient: { id: to },
    ...(made.hasNoTimestamp === true ? {} : { timestamp }),
    ...made.event,
  };
}
