import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const reconnectDelayMs = 250;

/** LISTEN on a connection of its own. A lost connection is opened again; `heard('')` says that something may have been missed. */
export async function listenOn(
  options: pg.ClientConfig,
  channel: string,
  heard: (payload: string) => void,
): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | undefined;
  let isClosed = false;

  const open = async (): Promise<void> => {
    const next = new pg.Client({ ...options, keepAlive: true });
    next.on('error', () => undefined);
    next.on('notification', ({ payload }) => {
      heard(payload ?? '');
    });
    next.on('end', () => {
      if (client === next) void reopen();
    });
    try {
      await next.connect();
      await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await next.end();
      throw error;
    }
    if (isClosed) return next.end();
    client = next;
    heard('');
  };

  const reopen = async (): Promise<void> => {
    client = undefined;
    while (!isClosed) {
      try {
        await open();
        return;
      } catch {
        await delay(reconnectDelayMs);
      }
    }
  };

  await open();
  return {
    close: async () => {
      isClosed = true;
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}
