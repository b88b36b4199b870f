import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';
import { complaintsOf } from '../control/read-control.js';
import type { JsonObject } from '../json.js';
import type { Customer, ThreadMessage } from '../world/customer.js';

/** What an act knows of the world. */
export interface Scene {
  readonly pageId: string;
  readonly appId: string;
  readonly customer: Customer;
  readonly timestamp: number;
  /** The message that a script has just waited for. */
  readonly about?: string | undefined;
  newMid(): string;
}

/** What an act makes of it: one webhook item, and what else changes. */
export interface Made {
  readonly field: string;
  /** The members beside sender, recipient and timestamp. */
  readonly event: JsonObject;
  readonly mid?: string;
  /** Default: the customer. */
  readonly by?: 'page' | 'nobody';
  readonly hasNoTimestamp?: boolean;
  readonly opensWindow?: boolean;
  /** Becomes part of the thread. */
  readonly message?: JsonObject;
  /** The app that controls the thread from now on. */
  readonly owner?: string;
}

export type PlayAct = (scene: Scene) => Made;

/** An act reads its order first, so that a script is refused before it begins. */
export type ReadAct = (order: JsonObject) => PlayAct;

export function act<Schema extends z.ZodType>(
  schema: Schema,
  make: (order: z.output<Schema>, scene: Scene) => Made,
): ReadAct {
  return (order) => {
    const parsed = schema.safeParse(order);
    if (!parsed.success) throw new BadRequestException(complaintsOf(parsed.error));
    return (scene) => make(parsed.data, scene);
  };
}

/** The newest message that fits, the one waited for before all others. */
export function messageIn(scene: Scene, fits: (message: ThreadMessage) => boolean): ThreadMessage | undefined {
  const fitting = scene.customer.thread.filter(fits);
  return fitting.find(({ mid }) => mid === scene.about) ?? fitting.at(-1);
}

export function midIn(scene: Scene, given: string | undefined, isFromPage: boolean): string {
  const mid = given ?? messageIn(scene, (message) => message.isFromPage === isFromPage)?.mid;
  if (mid !== undefined) return mid;
  const whose = isFromPage ? 'The page has sent' : 'The customer has written';
  throw new BadRequestException(`${whose} no message yet; give a mid`);
}

export function withoutUndefined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
