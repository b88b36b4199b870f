export { Pending, type Place } from './pending.js';
