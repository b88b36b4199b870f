import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { StreamEnd, StreamSink } from './client-stream.js';
import { sharedFrames } from './shared-frames.js';
import { whenDrained } from './when-drained.js';

/** Heartbeats without a pong in between after which the other side is taken for dead. */
const maxUnanswered = 2;

/** Close codes are RFC 6455 §7.4.1, above 4000 our own; the reason is for people who look into it. */
const closings: Readonly<Record<StreamEnd, readonly [code: number, reason: string]>> = {
  gone: [1000, ''],
  'too-slow': [4408, 'reads too slowly: open again with the last cursor'],
  'key-gone': [4401, 'the API key or its ticket is no longer valid'],
  restart: [1012, 'restarts: open again with the last cursor'],
};

/** Frames of one turn go out in one write. */
function corkUntilNextTick(connection: Duplex): void {
  if (connection.writableCorked > 0) return;
  connection.cork();
  process.nextTick(() => {
    connection.uncork();
  });
}

const frameOf = sharedFrames((cursor, record) => `{"cursor":${JSON.stringify(cursor)},"update":${record.value}}`);

/** One JSON text in each frame: `{cursor, update}`, or `{type, cursor}` for what is about the stream itself. */
export function socketSink(socket: WebSocket, connection: Duplex): StreamSink {
  let isReady = false;
  let unanswered = 0;
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  const send = (frame: string | Buffer): void => {
    if (!isOpen()) return;
    corkUntilNextTick(connection);
    socket.send(frame, { binary: false });
  };
  const tell = (type: string, cursor: string): void => {
    send(JSON.stringify({ type, cursor }));
  };
  const beReady = (cursor: string): void => {
    isReady = true;
    tell('stream.ready', cursor);
  };
  const beat = (cursor: string): void => {
    tell('stream.heartbeat', cursor);
    unanswered += 1;
    if (unanswered > maxUnanswered) socket.terminate();
    else if (isOpen()) socket.ping();
  };
  socket.on('pong', () => {
    unanswered = 0;
  });
  return {
    mark: (cursor) => {
      if (isReady) beat(cursor);
      else beReady(cursor);
    },
    update: (cursor, record) => {
      send(frameOf(cursor, record));
    },
    expired: (cursor) => {
      if (!isReady) beReady(cursor);
      tell('cursor_expired', cursor);
    },
    drained: () => whenDrained(connection),
    together: (work) => {
      connection.cork();
      work();
      connection.uncork();
    },
    isGone: () => !isOpen(),
    waiting: () => socket.bufferedAmount,
    end: (why) =>
      new Promise((resolve) => {
        if (socket.readyState === socket.CLOSED) {
          resolve();
          return;
        }
        socket.once('close', () => {
          resolve();
        });
        socket.close(...closings[why]);
      }),
  };
}
