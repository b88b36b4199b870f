import type { Readiness, ReadinessCheck } from './readiness-registry.js';

/** A probe waits a few seconds at most (Kubernetes: one by default), so a check that hangs counts as failed before that. */
const TIME_OUT_MS = 900;

/** Never rejects: a check that throws or hangs is a part that is not ready. */
export async function askInTime(check: ReadinessCheck, failed: (error: unknown) => void): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(resolve, TIME_OUT_MS, { ok: false, reason: `no answer within ${TIME_OUT_MS} ms` });
  });
  try {
    return await Promise.race([check.check(), late]);
  } catch (error) {
    failed(error);
    return { ok: false, reason: 'the check failed; the log has its cause' };
  } finally {
    clearTimeout(timer);
  }
}
