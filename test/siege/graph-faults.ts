import { THROTTLES, UNPROVEN } from '../harness/fault-cases.js';
import { waitFor } from '../harness/wait-for.js';
import type { Battle } from './battle.js';

const usedMs = 60_000;
const noticedMs = 30_000;

/** In every way that leaves a send open or puts it off; then the page's token is refused (190) until it is connected again. */
export async function failGraph({ fortress, field }: Battle): Promise<number> {
  for (const [, fault] of [...UNPROVEN, ...THROTTLES]) await fortress.facebook.fail(fault);
  const used = field.agents.sent.length + UNPROVEN.length + THROTTLES.length;
  await waitFor('so many sends', () => field.agents.sent.length >= used, usedMs);
  await fortress.loseToken();
  const isHeld = async (): Promise<boolean> => (await fortress.readChannel()).health.state === 'reauth_required';
  await waitFor('the refused token to be noticed', isHeld, noticedMs);
  await fortress.reconnect();
  return performance.now();
}
