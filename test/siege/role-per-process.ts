import type { Fortress } from './fortress.js';
import { KafkaFaults } from './kafka-faults.js';
import type { KafkaSettings } from './kafka-settings.js';
import { readSecondOpinion } from './second-opinion.js';
import type { Form } from './form.js';

/** One process per role. */
export function rolePerProcess(fortress: Fortress, settings: KafkaSettings): Form {
  return {
    plan: `one process per role on ${settings.brokers > 0 ? 'Kafka' : 'PostgreSQL'}, ${JSON.stringify(settings)}`,
    open: async (environment) => {
      await fortress.open(environment);
      return {
        stronghold: fortress,
        attack: (field) => new KafkaFaults(fortress, field, settings),
        secondOpinion: async (posted) =>
          settings.brokers > 0
            ? readSecondOpinion({ brokers: fortress.cluster.brokers, home: fortress.home }, posted)
            : { lines: [], complaints: [] },
      };
    },
  };
}
