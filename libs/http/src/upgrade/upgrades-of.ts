import type { HttpAdapterHost } from '@nestjs/core';
import { DrainingAdapter } from '../draining-adapter.js';
import type { Upgrades } from './upgrades.js';

/** Of the application that `createHttpApplication` has made. */
export function upgradesOf({ httpAdapter }: HttpAdapterHost): Upgrades {
  if (!(httpAdapter instanceof DrainingAdapter) || httpAdapter.upgrades === undefined)
    throw new Error('This application has no door for other protocols.');
  return httpAdapter.upgrades;
}
