import { Agent, request } from 'node:http';
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
