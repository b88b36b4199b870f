import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { defer, lastValueFrom, mergeAll, type Observable } from 'rxjs';
import { pause } from '../pause.js';
import { SettingsStore } from '../world/settings.store.js';
import { FaultStore, type Fault } from './fault.store.js';
import { GraphError } from './graph-error.js';
import type { GraphReply, GraphRequest } from './graph-request.js';
import { leave, withhold } from './leave.js';
import { refuseByFault } from './refuse-by-fault.js';
import { SendRecorder } from './send-recorder.js';

/** Around every Graph call: records it, plays the faults that were ordered, waits as long as was ordered. */
@Injectable()
export class GraphInterceptor implements NestInterceptor {
  constructor(
    private readonly faults: FaultStore,
    private readonly recorder: SendRecorder,
    private readonly settings: SettingsStore,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<GraphRequest>();
    const reply = http.getResponse<GraphReply>();
    return defer(() => this.exchange(request, reply, next)).pipe(mergeAll());
  }

  private async exchange(request: GraphRequest, reply: GraphReply, next: CallHandler): Promise<Observable<unknown>> {
    const fault = this.faults.take(this.recorder.open(request));
    this.recorder.noteFault(request, fault);
    try {
      if (fault !== null) await meet(fault);
      const withheld = withhold(fault, reply);
      if (withheld !== null) return withheld;
      const result: unknown = await lastValueFrom(next.handle());
      await pause(this.settings.current.latency_ms);
      return leave(result, reply, fault);
    } catch (error) {
      if (error instanceof GraphError) this.recorder.noteRefusal(request, error);
      throw error;
    }
  }
}

async function meet(fault: Fault): Promise<void> {
  await pause(fault.delay_ms ?? 0);
  const refused = refuseByFault(fault);
  if (refused !== null) throw refused;
}
