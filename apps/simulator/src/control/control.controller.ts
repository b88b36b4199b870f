import { All, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { listErrors, type ListedError } from '../graph/error-table.js';
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

  /** Those that are not used up. */
  @All('faults.list')
  @HttpCode(200)
  listFaults(): { faults: readonly Fault[] } {
    return { faults: this.faultStore.list() };
  }

  /** What a `refuse` fault can say by itself. */
  @All('errors')
  @HttpCode(200)
  errors(): { errors: readonly ListedError[] } {
    return { errors: listErrors() };
  }

  @Post('faults.clear')
  @HttpCode(200)
  clearFaults(): { faults: readonly Fault[] } {
    this.faultStore.clear();
    return { faults: [] };
  }
}
