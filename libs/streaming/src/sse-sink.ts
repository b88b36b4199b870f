import type { ServerResponse } from 'node:http';
import type { StreamSink } from './client-stream.js';
import { maxBufferedBytes } from './max-buffered-bytes.js';
import { sharedFrames } from './shared-frames.js';
import { whenDrained } from './when-drained.js';

/** For so long what was written may still go out, ms. */
const endWithinMs = 1_000;
/** Reconnect delay asked of the client, ms. */
const retryMs = 2_000;

const frameOf = sharedFrames(
  (cursor, record) => `id: ${cursor}\nevent: ${record.headers['event-type'] ?? 'message'}\ndata: ${record.value}\n\n`,
);

/** The socket too: the answer itself lets it go before it writes its chunk, in four pieces. */
function hold(response: ServerResponse): () => void {
  const { socket } = response;
  socket?.cork();
  response.cork();
  return () => {
    response.uncork();
    socket?.uncork();
  };
}

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sseSink(response: ServerResponse): StreamSink {
  let isOpen = false;
  const write = (frame: string | Buffer): void => {
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
    if (response.writableCorked === 0) process.nextTick(hold(response));
    response.write(frame);
  };
  return {
    mark: (cursor) => {
      write(`retry: ${String(retryMs)}\nid: ${cursor}\n\n`);
    },
    update: (cursor, record) => {
      write(frameOf(cursor, record));
    },
    expired: (cursor) => {
      write(`retry: ${String(retryMs)}\nid: ${cursor}\nevent: cursor_expired\ndata: {}\n\n`);
    },
    drained: () => whenDrained(response),
    together: (work) => {
      const letGo = hold(response);
      work();
      letGo();
    },
    isGone: () => response.destroyed,
    waiting: () => response.writableLength,
    end: (why) => {
      // a reader that is cut for being slow would take for ever to read the end
      if (why === 'too-slow' || response.writableLength > maxBufferedBytes) response.destroy();
      else response.end();
      setTimeout(() => response.destroy(), endWithinMs).unref();
      return Promise.resolve();
    },
  };
}
