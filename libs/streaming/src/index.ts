export { ClientStream, readStreamStart, type StreamEnd, type StreamSink, type StreamStart } from './client-stream.js';
export { inSlices } from './in-slices.js';
export { socketSink } from './socket-sink.js';
export { sseSink } from './sse-sink.js';
export type { StreamFilter } from './stream-filter.js';
export { StreamHub } from './stream-hub.js';
