import { setTimeout as sleep } from 'node:timers/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Pending, type Place } from '#libs/pending';
import type { HttpReply } from './http-types.js';
import type { Upgrades } from './upgrade/upgrades.js';

/** What Kubernetes leaves by default is 30 s; a call of ours takes far less. */
const DRAIN_MS = 5_000;
const LOOK_EVERY_MS = 10;

/**
 * Nest closes modules first and the server last, so that a request under way would find the log and the database gone.
 * Here the door is shut first, and what has come in is answered, while everything is still there. Streams do not count: they
 * would never end by themselves.
 */
export class DrainingAdapter extends FastifyAdapter {
  /** What comes in by another protocol; Fastify sees none of it. */
  upgrades: Upgrades | undefined;
  private readonly open = new Pending<HttpReply>();
  private draining = false;

  /** To be called at the start of every request. */
  follow(reply: HttpReply): Place<HttpReply> {
    if (this.draining) reply.raw.setHeader('connection', 'close');
    return this.open.add(reply);
  }

  /** To be called when its answer has ended, be it sent or cut off. */
  forget(place: Place<HttpReply>): void {
    this.open.end(place);
  }

  override beforeClose(): unknown {
    super.beforeClose();
    this.draining = true;
    this.upgrades?.refuseMore();
    // Fastify closes it again, and knows that it may be closed already
    this.instance.server.close();
    return this.drain();
  }

  override close(): Promise<void> {
    // Node counts these sockets as the server's and leaves them to us: it would wait for them for ever
    this.upgrades?.cutAll();
    return super.close();
  }

  private async drain(): Promise<void> {
    const until = Date.now() + DRAIN_MS;
    while (this.open.all.some(({ one }) => isBeingAnswered(one)) && Date.now() < until) await sleep(LOOK_EVERY_MS);
  }
}

/** `sent` is true of what a handler has taken out of Fastify's hands too; of these only the end is waited for. */
function isBeingAnswered({ sent, raw }: HttpReply): boolean {
  return raw.writableEnded ? !raw.writableFinished && !raw.destroyed : !sent;
}
