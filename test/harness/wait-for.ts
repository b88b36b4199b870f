import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 15;

type Probed<Value> = Value | undefined | null | false;

/**
 * Asks until the probe gives something, or the deadline passes. A probe that throws has not found it yet; what it threw
 * last is told in the end.
 */
export async function waitFor<Value>(
  what: string,
  probe: () => Probed<Value> | Promise<Probed<Value>>,
  patienceMs = PATIENCE_MS,
): Promise<Value> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { found, complaint } = await ask(probe);
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new Error(`Waited ${patienceMs} ms in vain for ${what}${complaint === '' ? '' : `:\n${complaint}`}`);
    }
    await sleep(PAUSE_MS);
  }
}

async function ask<Value>(
  probe: () => Probed<Value> | Promise<Probed<Value>>,
): Promise<{ found?: Value; complaint: string }> {
  try {
    const found = await probe();
    return found === undefined || found === null || found === false ? { complaint: '' } : { found, complaint: '' };
  } catch (error) {
    return { complaint: error instanceof Error ? error.message : String(error) };
  }
}
