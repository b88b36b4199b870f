import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { readControl, type ControlRequest } from '../control/read-control.js';
import type { JsonObject } from '../json.js';
import type { ScriptRun } from './script-run.js';
import { runScriptSchema, scriptIdSchema } from './script.schema.js';
import { ScriptStore } from './script.store.js';

@Controller('control')
export class ScriptsController {
  constructor(private readonly scripts: ScriptStore) {}

  @Post('scripts.run')
  @HttpCode(200)
  async run(@Req() request: ControlRequest): Promise<JsonObject> {
    const order = readControl(runScriptSchema, request);
    const { id, run } = this.scripts.run(order);
    if (order.wait) await run.over;
    return describe(id, run);
  }

  @Post('scripts.info')
  @HttpCode(200)
  info(@Req() request: ControlRequest): JsonObject {
    const { script_id: id } = readControl(scriptIdSchema, request);
    return describe(id, this.scripts.find(id));
  }

  @Post('scripts.stop')
  @HttpCode(200)
  async stop(@Req() request: ControlRequest): Promise<JsonObject> {
    const { script_id: id } = readControl(scriptIdSchema, request);
    const run = this.scripts.find(id);
    run.stop();
    await run.over;
    return describe(id, run);
  }
}

function describe(id: string, run: ScriptRun): JsonObject {
  const count = (wanted: string): number => run.customers.filter(({ state }) => state === wanted).length;
  const counts = { running: count('running'), finished: count('finished'), failed: count('failed') };
  return { script_id: id, state: run.state, counts, customers: run.customers };
}
