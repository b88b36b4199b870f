import { Product } from '../harness/start-product.js';
import { Faults } from './faults.js';
import type { SiegeSettings } from './siege-settings.js';
import type { Form } from './form.js';

/** `standalone`, its PostgreSQL below it. */
export function oneProcess(settings: SiegeSettings): Form {
  return {
    plan: `${settings.kills} kills, ${settings.freezes} freezes`,
    open: async (environment) => {
      const product = await Product.start({ env: { LOG_LEVEL: 'info', ...environment } });
      return {
        stronghold: product,
        attack: (field) => new Faults(product, field, settings),
        secondOpinion: () => Promise.resolve({ lines: [], complaints: [] }),
      };
    },
  };
}
