import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { FaultStore, type Fault } from '../graph/fault.store.js';
import { SettingsStore, type Settings } from '../world/settings.store.js';
import { faultSchema, settingsSchema } from './control.schema.js';
import { readControl, type ControlRequest } from './read-control.js';

@Controller('control')
export class ControlController {
  constructor(
    private readonly settings: SettingsStore,
    private readonly faultStore: FaultStore,
  ) {}

  @Post('settings')
  @HttpCode(200)
  changeSettings(@Req() request: ControlRequest): Settings {
    const given = Object.entries(readControl(settingsSchema, request)).filter(([, value]) => value !== undefined);
    return this.settings.change(Object.fromEntries(given));
  }

  @Post('faults')
  @HttpCode(200)
  addFault(@Req() request: ControlRequest): { faults: readonly Fault[] } {
    const { times, ...fault } = readControl(faultSchema, request);
    this.faultStore.add({ ...fault, times_left: times });
    return { faults: this.faultStore.list() };
  }

  @Post('faults.clear')
  @HttpCode(200)
  clearFaults(): { faults: readonly Fault[] } {
    this.faultStore.clear();
    return { faults: [] };
  }
}
