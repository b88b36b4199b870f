export { facebook } from './facebook.js';
