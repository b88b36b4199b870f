// What is seen at the other end of a line: the row by REST, the update on the stream.
import { Agent, get, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { key } from './support.mjs';

/** Asks REST for the newest message that was posted until it is there, one at a time: each that is caught is a sample. */
export async function lookFor({ api, channelId, newest }, signal) {
  const asking = openAsking(api);
  while (!signal.aborted) {
    const stamp = newest();
    if (stamp === undefined) {
      await delay(1);
      continue;
    }
    while (!signal.aborted && stamp.visible === undefined) {
      const status = await asking.ask('messages.info', { channel_id: channelId, source_message_id: stamp.mid });
      if (status === 200) stamp.visible = performance.now();
      else await delay(2);
    }
    await delay(50);
  }
  asking.close();
}

/** One connection that stays open: fetch would take as long as what is measured. */
function openAsking(api) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const ask = (name, body) =>
    new Promise((resolve, reject) => {
      const asked = request(`${api}/${name}`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode));
      });
      asked.once('error', reject).end(JSON.stringify(body));
    });
  return { ask, close: () => agent.destroy() };
}

/** Tells the mid of each message that the stream shows; answers the request, which ends it when it is destroyed. */
export function listen(api, heard) {
  const headers = { Authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    const opened = get(`${api}/stream?types=message.created`, { headers }, (answer) => {
      let rest = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const mid = line.startsWith('data: ') ? /"source_message_id":"([^"]+)"/.exec(line)?.[1] : undefined;
          if (mid !== undefined) heard(mid);
        }
      });
      answer.once('data', () => resolve(opened));
      answer.on('error', () => undefined);
    });
    opened.on('error', reject);
  });
}
