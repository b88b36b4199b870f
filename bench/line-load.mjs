// Load on the whole line, and what is seen of it at its other end: the answer, the row by REST, the update on the stream.
import { setTimeout as delay } from 'node:timers/promises';
import { key, newMid, openPoster, postJson, requestOf, webhookOf } from './support.mjs';
import { listen, lookFor } from './witness.mjs';

const connections = 50;
const heardWithinMs = 10_000;

/** `doors`: where webhooks go, and where calls and streams do. */
export async function openLine(doors) {
  const stamps = new Map();
  const stream = await listen(doors.api, (mid) => {
    const stamp = stamps.get(mid);
    if (stamp) stamp.heard ??= performance.now();
  });
  const { data } = await call(doors.api, 'channels.list', {});
  const line = { doors, stamps, channelId: data[0].id, newest: undefined };
  return {
    /** Posts at a rate, by the clock, and asks REST all the time. */
    pace: (rate, seconds) => pace(line, rate, seconds),
    /** Each connection posts again as soon as it is answered. */
    flood: (seconds) => flood(line, seconds),
    close: () => stream.destroy(),
  };
}

async function pace(line, rate, seconds) {
  line.stamps.clear();
  const poster = openPoster(line.doors.webhooks, connections);
  const isOver = new AbortController();
  line.newest = undefined;
  const asked = { api: line.doors.api, channelId: line.channelId, newest: () => line.newest };
  const looking = lookFor(asked, isOver.signal);
  // it is awaited later, and must not end the bench without its finally
  looking.catch(() => undefined);
  const posts = [];
  const t0 = performance.now();
  for (let n = 0; n < rate * seconds; n += 1) {
    const due = t0 + (n * 1000) / rate;
    if (due - performance.now() > 1) await delay(due - performance.now());
    posts.push(post(line, poster, n, due));
  }
  await Promise.all(posts);
  const answeredMs = performance.now() - t0;
  await untilHeard(line);
  isOver.abort();
  await looking;
  poster.close();
  return { stamps: [...line.stamps.values()], answeredMs };
}

async function flood(line, seconds) {
  line.stamps.clear();
  const poster = openPoster(line.doors.webhooks, connections);
  const until = performance.now() + seconds * 1000;
  const t0 = performance.now();
  let n = 0;
  const ask = async () => {
    while (performance.now() < until) {
      n += 1;
      await post(line, poster, n, performance.now());
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  const answeredMs = performance.now() - t0;
  await untilHeard(line);
  poster.close();
  return { stamps: [...line.stamps.values()], answeredMs };
}

async function post(line, poster, n, due) {
  const mid = newMid();
  const stamp = { due, mid };
  line.stamps.set(mid, stamp);
  line.newest = stamp;
  stamp.status = await poster.post(requestOf(webhookOf(mid, n)));
  stamp.answered = performance.now();
}

async function untilHeard({ stamps }) {
  const until = performance.now() + heardWithinMs;
  while ([...stamps.values()].some(({ heard }) => heard === undefined) && performance.now() < until) await delay(20);
}

function call(api, name, body) {
  return postJson(`${api}/${name}`, body, { Authorization: `Bearer ${key}` });
}
