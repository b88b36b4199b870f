export { Deadlines } from './deadlines.js';
export { Pending, type Place } from './pending.js';
