import { All, Controller, HttpCode } from '@nestjs/common';
import { describePage } from '../customers/describe-page.js';
import { TokenStore } from '../graph/token.store.js';
import type { JsonObject } from '../json.js';
import { PageStore } from '../world/page.store.js';
import { RecordStore } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';

@Controller('control/state')
export class StateController {
  constructor(
    private readonly pages: PageStore,
    private readonly tokens: TokenStore,
    private readonly records: RecordStore,
    private readonly settings: SettingsStore,
  ) {}

  @All()
  @HttpCode(200)
  state(): JsonObject {
    return {
      app_id: this.settings.appId,
      settings: this.settings.current,
      pages: this.pages.all().map((page) => describePage(page, this.tokens)),
      ...this.records.describe(),
    };
  }
}
