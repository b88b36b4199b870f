import { Injectable } from '@nestjs/common';

export const FAULT_MODES = [
  'accept_then_hang',
  'accept_then_500',
  'hang',
  'reset',
  'slow',
  '500',
  '429',
  '190',
  'garbage',
  'half',
  'refuse',
] as const;

export type FaultMode = (typeof FAULT_MODES)[number];

export interface Fault {
  /** The path without version, or its last part; `*` is any. */
  readonly path: string;
  readonly mode: FaultMode;
  readonly method?: string | undefined;
  readonly page_id?: string | undefined;
  readonly recipient_id?: string | undefined;
  /** For `refuse`. */
  readonly code?: number | undefined;
  readonly subcode?: number | undefined;
  readonly message?: string | undefined;
  readonly status?: number | undefined;
  /** Waits so long before anything else, in milliseconds. */
  readonly delay_ms?: number | undefined;
  /** For `429`, in seconds. */
  readonly retry_after?: number | undefined;
  /** Put on a refusal. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  times_left: number;
}

export interface FaultedCall {
  readonly method: string;
  readonly path: string;
  readonly pageId: string | null;
  readonly recipientId: string | null;
}

@Injectable()
export class FaultStore {
  private faults: Fault[] = [];

  add(fault: Fault): void {
    this.faults.push(fault);
  }

  clear(): void {
    this.faults = [];
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  /** The oldest fault that fits the call; each is used up after its number of times. */
  take(call: FaultedCall): Fault | null {
    const fault = this.faults.find((candidate) => fits(candidate, call));
    if (fault === undefined) return null;
    fault.times_left -= 1;
    if (fault.times_left <= 0) this.faults = this.faults.filter((other) => other !== fault);
    return fault;
  }
}

function fits(fault: Fault, call: FaultedCall): boolean {
  const path = call.path.replace(/^\/|\/$/g, '');
  const isPath = fault.path === '*' || fault.path === path || fault.path === path.split('/').at(-1);
  return (
    isPath &&
    isAsOrdered(fault.method, call.method) &&
    isAsOrdered(fault.page_id, call.pageId) &&
    isAsOrdered(fault.recipient_id, call.recipientId)
  );
}

function isAsOrdered(ordered: string | undefined, actual: string | null): boolean {
  return ordered === undefined || ordered === actual;
}
