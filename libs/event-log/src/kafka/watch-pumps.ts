import type { KafkaConfig } from 'kafkajs';
import { FetchClient } from './fetch-client.js';
import type { LanePump } from './lane-pump.js';
import type { Watchdog, Watched } from './watchdog.js';

/** Watches those who read ahead. */
export interface PumpWatch {
  begin(name: string, pump: LanePump): void;
  end(pump: LanePump): void;
}

export function createPumpWatch(watchdog: Watchdog, config: KafkaConfig): PumpWatch {
  const all = new Map<LanePump, Watched>();
  return {
    begin: (name, pump) => {
      const askAnew = async (): Promise<void> => {
        const client = new FetchClient(config);
        try {
          await pump.askAnew(client);
        } finally {
          void client.close();
        }
      };
      const watched = { name, unansweredMs: pump.unansweredMs, askAnew };
      all.set(pump, watched);
      watchdog.watch(watched);
    },
    end: (pump) => {
      const watched = all.get(pump);
      all.delete(pump);
      if (watched !== undefined) watchdog.forget(watched);
    },
  };
}
