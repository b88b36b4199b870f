// How fast this machine is just now, and what a floor in time becomes on it.
import { isUtf8 } from 'node:buffer';
import { createHmac, hash } from 'node:crypto';
import { cpus } from 'node:os';
import { secret, webhookOf } from './support.mjs';

/** What one loop took, µs, on the machine that the floors were set on (Node 20, its fast phase). */
const loopThereMicros = 5.8;

/** The machine's speed drifts, so each run says how fast it is now. */
export function describeMachine() {
  const { parsed, canonical } = controlLoops();
  return `machine: ${cpus()[0].model}, ${String(cpus().length)} cores, Node ${process.version}; control loop ${parsed.toFixed(1)} µs, with a canonical event ${canonical.toFixed(1)} µs`;
}

/** A floor in time as it is here and now, ms: it was set where the loop took 5.8 µs, and scales with it. */
export function floorHere(ms) {
  return (ms * controlLoops().canonical) / loopThereMicros;
}

/** Best of several: HMAC and JSON.parse of one fixed body; the same and two name-based ids and the text of an event. */
function controlLoops() {
  const { body } = webhookOf('m_control', 0);
  const parse = () => {
    createHmac('sha256', secret).update(body).digest('hex');
    return JSON.parse(body.toString());
  };
  return { parsed: timeOf(parse), canonical: timeOf(() => isUtf8(body) && canonicalOf(parse())) };
}

function canonicalOf({ entry: [{ id, messaging }] }) {
  const [{ sender, timestamp, message }] = messaging;
  const ids = { conversation_id: idOf(id, sender.id), message_id: idOf(id, message.mid) };
  return JSON.stringify({ ...ids, occurred_at: timestamp, content: { type: 'text', text: message.text } });
}

function idOf(namespace, name) {
  return hash('sha1', `${namespace}${name}`, 'hex').slice(0, 32);
}

function timeOf(once) {
  const rounds = 20_000;
  const takes = Array.from({ length: 4 }, () => {
    const began = performance.now();
    for (let n = 0; n < rounds; n += 1) once();
    return ((performance.now() - began) * 1000) / rounds;
  });
  return Math.min(...takes);
}
