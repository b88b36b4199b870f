import { setTimeout as sleep } from 'node:timers/promises';

/** No timer at all for 0: every Graph call passes here. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}
