import { All, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { describePage } from '../customers/describe-page.js';
import { TokenStore } from '../graph/token.store.js';
import type { JsonObject } from '../json.js';
import { PageStore } from '../world/page.store.js';
import { RecordStore, type SendCall } from '../world/record.store.js';
import { SettingsStore } from '../world/settings.store.js';
import { sendsSchema } from './control.schema.js';
import { readControl, type ControlRequest } from './read-control.js';

@Controller('control')
export class StateController {
  constructor(
    private readonly pages: PageStore,
    private readonly tokens: TokenStore,
    private readonly records: RecordStore,
    private readonly settings: SettingsStore,
  ) {}

  @All('state')
  @HttpCode(200)
  state(): JsonObject {
    return {
      app_id: this.settings.appId,
      settings: this.settings.current,
      pages: this.pages.all().map((page) => describePage(page, this.tokens)),
      ...this.records.describe(),
    };
  }

  /** Calls of the Send API, those after `after`; `next` is the `after` of the next call. */
  @Post('sends')
  @HttpCode(200)
  sends(@Req() request: ControlRequest): { sends: readonly SendCall[]; next: number } {
    const { page_id: pageId, psid, after } = readControl(sendsSchema, request);
    const { sends, next } = this.records.sendsAfter(after);
    const isWanted = (send: SendCall): boolean =>
      (pageId === undefined || send.page_id === pageId) && (psid === undefined || send.recipient_id === psid);
    return { sends: sends.filter(isWanted), next };
  }
}
