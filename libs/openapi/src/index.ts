export { buildDocument } from './build-document.js';
export type { DescribedDoor } from './describe-door.js';
export type { SchemaBook } from './schema-book.js';
