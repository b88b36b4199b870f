import type { Fortress } from './fortress.js';
import { KafkaFaults } from './kafka-faults.js';
import type { KafkaSettings } from './kafka-settings.js';
import type { Form } from './stronghold.js';

/** One process per role, on Kafka. */
export function rolePerProcess(fortress: Fortress, settings: KafkaSettings): Form {
  const { kills, leaderKills, zombies, brokersAwayMs } = settings;
  return {
    plan: `${kills} kills of each role, ${leaderKills} of a leader, ${zombies} zombies of a projector and of a sender, all brokers away for ${brokersAwayMs} ms`,
    open: async (environment) => {
      await fortress.open(environment);
      return {
        stronghold: fortress,
        attack: (field) => new KafkaFaults(fortress, field, settings),
        secondOpinion: () => Promise.resolve({ lines: [], complaints: [] }),
      };
    },
  };
}
