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
  /** Put on every Graph answer, for example X-App-Usage. */
  readonly usage_headers: Readonly<Record<string, string>>;
}

@Injectable()
export class SettingsStore {
  readonly appId: string;
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
      usage_headers: {},
    };
  }

  get current(): Settings {
    return this.settings;
  }

  change(changes: Partial<Settings>): Settings {
    this.settings = { ...this.settings, ...changes };
    return this.settings;
  }

  /** The simulated Facebook's clock, epoch milliseconds. */
  now(): number {
    return Date.now() + this.settings.clock_offset_ms;
  }
}
