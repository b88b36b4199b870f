import { pino, type Logger } from 'pino';
import type { SimulatorOptions } from './simulator.options.js';

export const LOGGER = Symbol('LOGGER');

export type { Logger };

export function createLogger(level: SimulatorOptions['logLevel']): Logger {
  return pino({ name: 'simulator', level });
}
