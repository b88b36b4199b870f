import { Injectable } from '@nestjs/common';

/** One call of the Send API, in the order of arrival. */
export interface SendCall {
  readonly at: string;
  readonly version: string | null;
  readonly token_in: 'header' | 'body' | 'query' | 'none';
  page_id: string | null;
  recipient_id: string | null;
  text: string | null;
  metadata: string | null;
  sender_action: string | null;
  /** Of a sender action: the message that is reacted to. */
  payload: unknown;
  message: unknown;
  outcome: 'open' | 'accepted' | 'refused';
  fault: string | null;
  error: { code: number; subcode: number | null } | null;
  mid: string | null;
  /** How many accepted calls carried this metadata (without one: this message) to this recipient, this one included. */
  count: number;
}

export interface WebhookAttempt {
  readonly status: number | null;
  readonly error?: string;
  readonly duration_ms: number;
}

export interface WebhookRecord {
  readonly page_id: string | null;
  readonly psid: string | null;
  readonly field: string;
  /** `standby`: another app controls the thread. */
  readonly channel: 'messaging' | 'standby';
  readonly mid: string | null;
  readonly attempts: WebhookAttempt[];
  outcome: 'pending' | 'delivered' | 'lost' | 'not_subscribed' | 'not_owner' | 'no_callback';
}

export interface Alert {
  readonly at: string;
  readonly page_id: string;
  readonly kind: 'webhooks_failing' | 'webhooks_disabled';
}

/** The oldest are forgotten beyond this; the totals still count them. */
const KEPT = 20_000;

@Injectable()
export class RecordStore {
  private readonly sends: SendCall[] = [];
  private readonly webhooks: WebhookRecord[] = [];
  private readonly alerts: Alert[] = [];
  private readonly accepted = new Map<string, number>();
  private sendTotal = 0;
  private acceptedTotal = 0;
  private webhookTotal = 0;

  addSend(call: SendCall): SendCall {
    keep(this.sends, call);
    this.sendTotal += 1;
    return call;
  }

  sendsAfter(number: number): { sends: readonly SendCall[]; next: number } {
    const forgotten = this.sendTotal - this.sends.length;
    return { sends: this.sends.slice(Math.max(0, number - forgotten)), next: this.sendTotal };
  }

  accept(call: SendCall, mid: string): void {
    const key = JSON.stringify([call.page_id, call.recipient_id, call.metadata ?? call.message]);
    const count = (this.accepted.get(key) ?? 0) + 1;
    this.accepted.set(key, count);
    this.acceptedTotal += 1;
    call.outcome = 'accepted';
    call.mid = mid;
    call.count = count;
  }

  addWebhook(record: WebhookRecord): WebhookRecord {
    keep(this.webhooks, record);
    this.webhookTotal += 1;
    return record;
  }

  addAlert(alert: Alert): void {
    keep(this.alerts, alert);
  }

  describe(): Readonly<Record<string, unknown>> {
    return {
      totals: { sends: this.sendTotal, accepted: this.acceptedTotal, webhooks: this.webhookTotal },
      alerts: this.alerts,
      sends: this.sends,
      webhooks: this.webhooks,
    };
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.splice(0, KEPT / 10);
}
