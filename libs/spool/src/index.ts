export { openFileQueue } from './open-file-queue.js';
export { QueueFull, type FileQueue, type QueueRecord, type QueueTrouble } from './file-queue.js';
export { replaceFile } from './replace-file.js';
