import { Injectable } from '@nestjs/common';
import { Dice } from '../world/dice.js';
import type { WebhookAttempt, WebhookRecord } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { escapeUnicode } from './escape-unicode.js';
import { PageHealth } from './page-health.js';
import { envelopeOf, laterBy, type Parcel } from './parcel.js';
import { PostBody } from './post-body.js';

const LATER_MAX_MS = 1_000;

/** One POST for all parcels, repeated at once while it is not answered 200. */
@Injectable()
export class DeliverParcels {
  constructor(
    private readonly postBody: PostBody,
    private readonly settings: SettingsStore,
    private readonly health: PageHealth,
    private readonly dice: Dice,
  ) {}

  async deliver(parcels: readonly Parcel[]): Promise<void> {
    settle(
      parcels.filter((parcel) => !isSubscribed(parcel)),
      'not_subscribed',
    );
    const due = parcels.filter(isSubscribed);
    if (due.length === 0) return;
    settle(due, await this.postUntilTaken(due));
    if (due[0]?.record.outcome === 'delivered' && this.dice.happens('duplicates', this.share)) await this.repeat(due);
  }

  private async postUntilTaken(due: readonly Parcel[]): Promise<WebhookRecord['outcome']> {
    for (let tries = 0; tries <= this.settings.current.webhook_repeats; tries += 1) {
      const attempt = await this.post(due, due);
      if (attempt === null) return 'no_callback';
      for (const { page } of due) {
        if (attempt.status === 200) this.health.noteTaken(page);
        else this.health.noteFailed(page);
      }
      if (attempt.status === 200) return 'delivered';
    }
    return 'lost';
  }

  /** The same mids in an envelope of another time, each item a little later. */
  private async repeat(due: readonly Parcel[]): Promise<void> {
    const later = due.map((parcel) => laterBy(1 + this.dice.below('later', LATER_MAX_MS), parcel));
    await this.post(due, later);
  }

  /** A repeat carries its own entry.time, as Facebook's do: a body's hash does not tell repeats apart. */
  private async post(due: readonly Parcel[], shown: readonly Parcel[]): Promise<WebhookAttempt | null> {
    const url = this.settings.current.callback_url;
    if (url === null) return null;
    const envelope = envelopeOf(shown, this.settings.now());
    const attempt = await this.postBody.post({ body: Buffer.from(escapeUnicode(envelope)), url });
    for (const { record } of due) record.attempts.push(attempt);
    return attempt;
  }

  private get share(): number {
    return this.settings.current.webhook_duplicates;
  }
}

function isSubscribed({ page, record }: Parcel): boolean {
  const field = record.channel === 'standby' ? 'standby' : record.field;
  return page.subscribedFields?.includes(field) === true;
}

function settle(parcels: readonly Parcel[], outcome: WebhookRecord['outcome']): void {
  for (const { record } of parcels) record.outcome = outcome;
}
