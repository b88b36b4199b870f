import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ContactAnswer } from '#libs/channels/kit';
import { settleContact } from '#libs/conversations';
import { channelStore, contactStore, type ChannelEntity, type DueContact } from '#libs/database';
import { Platform } from '#libs/platform';
import { sourceCredentials } from '../source-credentials.js';
import { unlessStopped } from './unless-stopped.js';

/** Between two looks for who is due; a new conversation has its name this much later than the source answers. */
const sweepMs = 500;
/** Calls at once: few, because sends are made by the same process. */
const maxFetches = 4;

/** Asks the source who the contacts are, beside everything else: no message waits for it. */
@Injectable()
export class Contacts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(@Inject(Platform) private readonly platform: Platform) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.sweep();
  }

  /** Answers that are not here yet are given up: whoever comes next asks again. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.sweeping;
    await Promise.all(this.running);
  }

  private async sweep(): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      const isMore = await this.claim().catch((error: unknown) => {
        this.platform.logger.warn({ err: error }, 'the sweep for due contacts failed and is repeated');
        return false;
      });
      if (!isMore) await delay(sweepMs, undefined, { signal }).catch(() => undefined);
      else if (this.running.size > 0) await Promise.race(this.running);
    }
  }

  /** Answers whether more may be due than could be taken. */
  private async claim(): Promise<boolean> {
    const free = maxFetches - this.running.size;
    const due = free === 0 ? [] : await contactStore.claimDueInAnyWorkspace(this.platform.database, free);
    for (const contact of due) {
      const run = this.serve(contact).finally(() => this.running.delete(run));
      this.running.add(run);
    }
    return due.length === free;
  }

  private async serve(due: DueContact): Promise<void> {
    const { database, logger } = this.platform;
    const about = { conversation_id: due.id, channel_id: due.channel_id };
    try {
      const channel = await channelStore.find(due.workspace_id, database, due.channel_id);
      if (channel === null) throw new Error('The channel of a contact is gone.');
      const answer = await unlessStopped(this.stop.signal, this.ask(due, channel), stopped);
      await settleContact(this.platform, due, channel, answer);
      const isOfChannel = answer.kind === 'reauth' || (answer.kind === 'later' && answer.isWholeChannel);
      const reason = answer.kind === 'found' ? undefined : answer.reason;
      if (isOfChannel) logger.warn({ ...about, reason }, 'a channel can’t be asked for its contacts now');
      else logger.debug({ ...about, reason, outcome: answer.kind }, 'contact');
    } catch (error) {
      // nothing is lost: the contact is due again when its claim ends
      logger.warn({ err: error, ...about }, 'a contact could not be asked for or kept');
    }
  }

  private async ask(due: DueContact, channel: ChannelEntity): Promise<ContactAnswer> {
    const credentials = await sourceCredentials(this.platform, channel).catch((error: unknown) => {
      this.platform.logger.warn(
        { err: error, channel_id: channel.id },
        'the credentials of a channel could not be read',
      );
      return undefined;
    });
    if (credentials === undefined) return unreadable;
    if (credentials === null) return { kind: 'reauth', reason: noToken };
    const { contacts } = this.platform.connectorOf(channel.source);
    return contacts.fetch({ credentials, sourceContactId: due.source_contact_id });
  }
}

const noToken = 'The channel has no token or its app is not known here any more: connect the page again.';
const unreadable: ContactAnswer = { kind: 'later', reason: 'no credentials could be read', isWholeChannel: true };
const stopped: ContactAnswer = { kind: 'later', reason: 'the sender stops', delayMs: 0, isWholeChannel: false };
