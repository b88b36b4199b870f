// Readers of both streams over bare sockets: a thousand of Node's own clients would cost more than the product that is measured.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const pongMs = 10_000;
/** Masked with zeros, empty. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Opens one stream after the other, every second a WebSocket. `heard` gets the mid of each `message.created`, again for each reader. */
export async function openStreams({ url, key, count, heard }) {
  const streams = [];
  for (let n = 0; n < count; n += 1) streams.push(await openStream({ url, key, heard, isSocket: n % 2 === 1 }));
  return streams;
}

/** Resolves with the first cursor. */
export async function openStream({ url, key, heard, cursor, isSocket = false }) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let rest = '';
  /** Of what was heard as a whole, and of what is being heard. */
  let [lastId, nextId] = [];
  const isOpening = new Promise((resolve, reject) => {
    socket.on('data', (chunk) => {
      const told = takeMarked(rest + chunk.toString('latin1'), isSocket ? '"cursor":"' : 'id: ', isSocket ? '"' : '\n');
      rest = told.rest;
      for (const [name, value] of told.found)
        if (name === 'mid') heard(value);
        else [lastId, nextId] = [nextId ?? value, value];
      if (lastId !== undefined) resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`The stream was closed: ${rest}`)));
  });
  socket.write(isSocket ? upgrade(key, cursor) : request(key, cursor));
  await isOpening;
  // who never answers a ping is taken for dead; RFC 6455 §5.5.3 allows answers that nobody asked for
  const answering = isSocket ? setInterval(() => socket.write(pong), pongMs) : undefined;
  socket.on('close', () => clearInterval(answering));
  return { lastId: () => lastId, isOpen: () => !socket.destroyed, close: () => socket.destroy() };
}

function request(key, cursor) {
  return lines('GET /stream?types=message.created HTTP/1.1', key, cursor, []);
}

function upgrade(key, cursor) {
  return lines('GET /ws?types=message.created HTTP/1.1', key, cursor, [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ]);
}

function lines(first, key, cursor, others) {
  const resumed = cursor === undefined ? [] : [`Last-Event-ID: ${cursor}`];
  return [first, 'Host: parley.example', `Authorization: Bearer ${key}`, ...resumed, ...others, '\r\n'].join('\r\n');
}

const midMark = '"source_message_id":"';

/** Cursors and mids in the order of their telling: an update tells its cursor first. */
function takeMarked(text, cursorMark, cursorEnd) {
  const found = [];
  let from = 0;
  for (;;) {
    const next = nextMark(text, from, [
      ['cursor', cursorMark, cursorEnd],
      ['mid', midMark, '"'],
    ]);
    // the longest beginning of a mark that may stand at the end
    if (next === undefined) return { found, rest: text.slice(Math.max(from, text.length - midMark.length)) };
    const end = text.indexOf(next.until, next.at);
    if (end === -1) return { found, rest: text.slice(next.at - next.mark.length) };
    found.push([next.name, text.slice(next.at, end)]);
    from = end;
  }
}

function nextMark(text, from, marks) {
  const places = marks.flatMap(([name, mark, until]) => {
    const at = text.indexOf(mark, from);
    return at === -1 ? [] : [{ name, mark, until, at: at + mark.length }];
  });
  return places.sort((a, b) => a.at - b.at)[0];
}
