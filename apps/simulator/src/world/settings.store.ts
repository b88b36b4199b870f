import { Inject, Injectable } from '@nestjs/common';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';

export interface Settings {
  /** When the echo webhook is posted: before Graph answers the send, after it, or never. */
  readonly echo: 'before' | 'after' | 'off';
  readonly delivery: 'auto' | 'off';
  readonly read: 'auto' | 'off';
  readonly callback_url: string | null;
  readonly verify_token: string;
  /** Facebook's app setting "Require App Secret". */
  readonly require_proof: boolean;
  /** Wait between taking a Graph call and answering it. */
  readonly latency_ms: number;
  /** Added to the clock of the simulated Facebook, its Date header included. */
  readonly clock_offset_ms: number;
  readonly webhook_timeout_ms: number;
  /** How often a webhook that was not answered 200 is posted again, at once. */
  readonly webhook_repeats: number;
  /** The most items in one POST. */
  readonly webhook_batch: number;
  /** So many items in a row may change places. */
  readonly webhook_disorder: number;
  /** How long items are gathered for a batch or for disorder. */
  readonly webhook_window_ms: number;
  /** The share of POSTs that are posted a second time: 0 to 1. */
  readonly webhook_duplicates: number;
  /** So many POSTs at once. */
  readonly webhook_parallel: number;
  /** A page whose webhooks failed so long is announced in `alerts`; later the app is unsubscribed from it. */
  readonly webhook_alert_after_ms: number;
  readonly webhook_disable_after_ms: number;
  /** Makes everything that is left to chance come again. */
  readonly seed: string | null;
  /** Put on every Graph answer, for example X-App-Usage. */
  readonly usage_headers: Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;
/** A thread is controlled for a day: https://developers.facebook.com/docs/messenger-platform/conversation-routing */
export const CONTROL_LIFE_MS = 24 * 60 * MINUTE_MS;

@Injectable()
export class SettingsStore {
  readonly appId: string;
  /** Rises with each seed that is set, be it the same. */
  seedings = 0;
  private settings: Settings;

  constructor(@Inject(SIMULATOR_OPTIONS) options: SimulatorOptions) {
    this.appId = options.appId;
    this.settings = {
      echo: 'after',
      delivery: 'auto',
      read: 'off',
      callback_url: null,
      verify_token: options.verifyToken,
      require_proof: true,
      latency_ms: 0,
      clock_offset_ms: 0,
      // Facebook waits 5 s: https://developers.facebook.com/docs/messenger-platform/webhooks
      webhook_timeout_ms: 5_000,
      // "Immediately a few more times"; an alert after 15 minutes, the end after an hour: the same page.
      webhook_repeats: 3,
      webhook_alert_after_ms: 15 * MINUTE_MS,
      webhook_disable_after_ms: 60 * MINUTE_MS,
      webhook_batch: 1,
      webhook_disorder: 1,
      webhook_window_ms: 50,
      webhook_duplicates: 0,
      webhook_parallel: 64,
      seed: null,
      usage_headers: {},
    };
  }

  get current(): Settings {
    return this.settings;
  }

  change(changes: Partial<Settings>): Settings {
    if ('seed' in changes) this.seedings += 1;
    this.settings = { ...this.settings, ...changes };
    return this.settings;
  }

  /** The simulated Facebook's clock, epoch milliseconds. */
  now(): number {
    return Date.now() + this.settings.clock_offset_ms;
  }
}
