import type { ServerResponse } from 'node:http';
import type { StreamSink } from './client-stream.js';
import { maxBufferedBytes } from './max-buffered-bytes.js';
import { whenDrained } from './when-drained.js';

/** For so long what was written may still go out, ms. */
const endWithinMs = 1_000;
/** Reconnect delay asked of the client, ms. */
const retryMs = 2_000;

/** Frames of one turn go out in one write. */
function corkUntilNextTick(response: ServerResponse): void {
  if (response.writableCorked > 0) return;
  response.cork();
  process.nextTick(() => {
    response.uncork();
  });
}

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sseSink(response: ServerResponse): StreamSink {
  let isOpen = false;
  const write = (frame: string): void => {
    if (!isOpen) {
      isOpen = true;
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-transform',
        Connection: 'keep-alive',
        'X-Accel-Buffering': 'no',
      });
    }
    if (response.writableEnded) return;
    corkUntilNextTick(response);
    response.write(frame);
  };
  return {
    mark: (cursor) => {
      write(`retry: ${String(retryMs)}\nid: ${cursor}\n\n`);
    },
    update: (cursor, record) => {
      write(`id: ${cursor}\nevent: ${record.headers['event-type'] ?? 'message'}\ndata: ${record.value}\n\n`);
    },
    expired: (cursor) => {
      write(`retry: ${String(retryMs)}\nid: ${cursor}\nevent: cursor_expired\ndata: {}\n\n`);
    },
    drained: () => whenDrained(response),
    isFull: () => response.destroyed || response.writableLength > maxBufferedBytes,
    end: (why) => {
      // a reader that is cut for being slow would take for ever to read the end
      if (why === 'too-slow' || response.writableLength > maxBufferedBytes) response.destroy();
      else response.end();
      setTimeout(() => response.destroy(), endWithinMs).unref();
      return Promise.resolve();
    },
  };
}
