import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Of the Kafka protocol: a request is its length in 4 bytes, then the number of its kind in 2. */
const lengthBytes = 4;
const produce = 0;
const fetchRecords = 1;

export interface KafkaDoor {
  readonly address: string;
  /** Of the next so many requests to write, the broker hears, and its answer is lost with the connection. */
  loseAnswers(count: number): void;
  /** Nothing passes any more on the connections that are open, and they stay open. */
  freeze(): void;
  /** Nor on those that come. */
  freezeAll(): void;
  /** The broker hears everything and answers, but nobody hears of what is written (`produce`) or read. */
  hush(kind: 'produce' | 'fetch'): void;
  /** Ends the connections that are open. */
  cut(): void;
  /** For those that come from now on. */
  thaw(): void;
  close(): Promise<void>;
}

/** Stands where the broker of this Jest run says that it is, for those who ask it there. Each suite has a number of its own. */
export async function openKafkaDoor(number: 1 | 2 | 3 | 4 | 5 | 6): Promise<KafkaDoor> {
  const doors = JSON.parse(process.env['PARLEY_TEST_KAFKA_DOORS'] ?? '[]') as { address: number; target: number }[];
  const { address, target } = doors[number - 1] ?? {};
  if (address === undefined || target === undefined)
    throw new Error('There is no door to Kafka for this suite: run it by npm run test:kafka.');
  const pairs = new Set<Pair>();
  const faults: Faults = { answersToLose: 0, isFrozen: false, hushed: undefined };
  const server = createServer((client) => {
    const pair = joinPair(client, connect(target, '127.0.0.1'), faults);
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
  }).listen(address, '127.0.0.1');
  await once(server, 'listening');
  const freeze = (): void => {
    for (const pair of pairs) pair.isFrozen = true;
  };
  const cut = (): void => {
    for (const { client, broker } of pairs) {
      client.destroy();
      broker.destroy();
    }
  };
  return {
    address: `127.0.0.1:${address}`,
    loseAnswers: (count) => {
      faults.answersToLose = count;
    },
    freeze,
    freezeAll: () => {
      faults.isFrozen = true;
      freeze();
    },
    hush: (kind) => {
      faults.hushed = kind === 'produce' ? produce : fetchRecords;
    },
    cut,
    thaw: () => {
      faults.isFrozen = false;
      faults.hushed = undefined;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Faults {
  answersToLose: number;
  isFrozen: boolean;
  /** Kind of the requests after which nothing more passes on their connection. */
  hushed: number | undefined;
}

interface Pair {
  readonly client: Socket;
  readonly broker: Socket;
  isFrozen: boolean;
}

function joinPair(client: Socket, broker: Socket, faults: Faults): Pair {
  const pair = { client, broker, isFrozen: faults.isFrozen };
  const kindsIn = followRequests();
  let isLosing = false;
  client.on('data', (bytes: Buffer) => {
    if (pair.isFrozen) return;
    const kinds = kindsIn(bytes);
    if (kinds.includes(produce) && faults.answersToLose > 0) {
      faults.answersToLose -= 1;
      isLosing = true;
    }
    if (faults.hushed !== undefined && kinds.includes(faults.hushed)) pair.isFrozen = true;
    broker.write(bytes);
  });
  broker.on('data', (bytes: Buffer) => {
    if (pair.isFrozen) return;
    if (isLosing) client.destroy();
    else client.write(bytes);
  });
  for (const [side, other] of [
    [client, broker],
    [broker, client],
  ] as const) {
    side.on('error', () => undefined);
    side.once('close', () => other.destroy());
  }
  return pair;
}

/** Answers, for each piece of a connection, the kinds of the requests that begin in it. */
function followRequests(): (bytes: Buffer) => readonly number[] {
  let left = 0;
  return (bytes) => {
    const kinds: number[] = [];
    let at = left;
    while (at + lengthBytes + 2 <= bytes.length) {
      kinds.push(bytes.readInt16BE(at + lengthBytes));
      at += lengthBytes + bytes.readInt32BE(at);
    }
    left = Math.max(0, at - bytes.length);
    return kinds;
  };
}
