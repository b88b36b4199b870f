import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Brokers that live as long as this process: `{servers, doors, safe, order('kill', 2), stop()}`. */
export async function startKafkaOwner({ brokers = 1, version, jvm } = {}) {
  const script = fileURLToPath(new URL('./kafka-owner.mjs', import.meta.url));
  const given = Object.entries({ brokers, version, jvm }).filter(([, value]) => value !== undefined);
  const args = given.map(([name, value]) => `--${name}=${value}`);
  const owner = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  owner.stdin.on('error', () => undefined);
  const answers = createInterface({ input: owner.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value } = await answers.next();
    const { error = value === undefined ? 'its process ended' : undefined, ...said } = JSON.parse(value ?? '{}');
    if (error !== undefined) throw new Error(`Kafka: ${error}`);
    return said;
  };
  const { servers, doors, safe } = await answer();
  return {
    servers,
    doors,
    safe,
    order: (order, broker) => {
      owner.stdin.write(`${JSON.stringify({ order, broker })}\n`);
      return answer();
    },
    stop: async () => {
      if (owner.exitCode !== null || owner.signalCode !== null) return;
      const exited = once(owner, 'exit');
      owner.stdin.end();
      await exited;
    },
  };
}
