import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '../logger.js';
import type { Page } from '../world/page.store.js';
import { RecordStore } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';

/** An hour of failures ends a subscription: https://developers.facebook.com/docs/messenger-platform/webhooks */
@Injectable()
export class PageHealth {
  private readonly alerted = new Set<string>();

  constructor(
    private readonly settings: SettingsStore,
    private readonly records: RecordStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  noteTaken(page: Page): void {
    page.failingSince = null;
    this.alerted.delete(page.id);
  }

  noteFailed(page: Page): void {
    const now = this.settings.now();
    page.failingSince ??= now;
    const failedFor = now - page.failingSince;
    const { webhook_alert_after_ms: alertAfter, webhook_disable_after_ms: disableAfter } = this.settings.current;
    if (failedFor >= alertAfter && !this.alerted.has(page.id)) {
      this.alerted.add(page.id);
      this.alert(page, 'webhooks_failing');
    }
    if (failedFor >= disableAfter && page.subscribedFields !== null) {
      page.subscribedFields = null;
      this.noteTaken(page);
      this.alert(page, 'webhooks_disabled');
    }
  }

  private alert(page: Page, kind: 'webhooks_failing' | 'webhooks_disabled'): void {
    this.records.addAlert({ at: new Date(this.settings.now()).toISOString(), page_id: page.id, kind });
    this.logger.warn({ page_id: page.id, kind }, 'an alert to the developer');
  }
}
