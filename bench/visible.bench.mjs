// From the webhook's POST to its 200, to the row (REST) and to the stream: `npm run bench`. Prints ratios to nothing but the clock of this
// machine, so the machine is printed too. The load is an open loop: due times by the clock, whatever the answers take.
import { fork } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const contacts = 500;
const page = '108200000000001';
const secret = `bench-${randomBytes(8).toString('hex')}`;
const key = randomBytes(24).toString('hex');
const home = mkdtempSync(join(tmpdir(), 'parley-bench-'));
chmodSync(home, 0o711);

const simulator = await start('simulator', {
  SIMULATOR_PORT: '0',
  SIMULATOR_APP_ID: '290000000000001',
  SIMULATOR_APP_SECRET: secret,
  SIMULATOR_LOG_LEVEL: 'silent',
});
const began = performance.now();
const environment = {
  PARLEY_HOME: home,
  PORT: '0',
  METRICS_PORT: '0',
  PARLEY_API_KEY: key,
  LOG_LEVEL: 'warn',
  FACEBOOK_APP_ID: '290000000000001',
  FACEBOOK_APP_SECRET: secret,
  FACEBOOK_WEBHOOK_SECRET: 'bench',
  FACEBOOK_GRAPH_URL: simulator.url,
};
let parley = await start('standalone', environment);
const firstReadyMs = performance.now() - began;
const agent = new Agent({ keepAlive: true, maxSockets: 50 });

try {
  const { pages } = await post(`${simulator.url}/control/state`, {});
  await call('channels.facebook.connect', { page_id: page, page_token: pages[0].page_token });
  console.log(
    `machine: ${cpus()[0].model}, ${String(cpus().length)} cores, Node ${process.version}; load, product and database share them`,
  );
  console.log(`first start → ready: ${firstReadyMs.toFixed(0)} ms`);
  for (const rate of [200, 500, 1000]) {
    const before = cpuOf(parley.child.pid);
    const stamps = await run(rate);
    report(rate, stamps);
    const after = cpuOf(parley.child.pid);
    console.log(
      `  CPU a message: node ${perMessage(after.own - before.own, stamps)}, PostgreSQL ${perMessage(after.children - before.children, stamps)}`,
    );
  }
  await stop(parley);
  const again = performance.now();
  parley = await start('standalone', environment);
  console.log(`later start → ready: ${(performance.now() - again).toFixed(0)} ms`);
} finally {
  agent.destroy();
  await stop(parley);
  await stop(simulator);
  rmSync(home, { recursive: true, force: true });
}

/** Posts numbered messages at a rate and stamps each: sent, answered, heard on the stream. */
async function run(rate) {
  const stamps = new Map();
  const stream = await listen((mid) => {
    const stamp = stamps.get(mid);
    if (stamp) stamp.heard ??= performance.now();
  });
  const total = rate * seconds;
  const t0 = performance.now();
  const posts = [];
  for (let n = 0; n < total; n += 1) {
    const due = t0 + (n * 1000) / rate;
    const early = due - performance.now();
    if (early > 1) await delay(early);
    const mid = `m_${String(rate)}_${String(n)}`;
    const stamp = { sent: due };
    stamps.set(mid, stamp);
    posts.push(
      postWebhook(mid, n).then((status) => {
        stamp.answered = performance.now();
        stamp.status = status;
      }),
    );
  }
  await Promise.all(posts);
  const until = performance.now() + 10_000;
  while ([...stamps.values()].some((stamp) => stamp.heard === undefined) && performance.now() < until) await delay(10);
  stream.destroy();
  return [...stamps.values()];
}

function report(rate, stamps) {
  const refused = stamps.filter(({ status }) => status !== 200).length;
  const lost = stamps.filter(({ heard }) => heard === undefined).length;
  const answered = quantiles(stamps.map(({ sent, answered: at }) => at - sent));
  const heard = quantiles(stamps.flatMap(({ sent, heard: at }) => (at === undefined ? [] : [at - sent])));
  console.log(
    `${String(rate)}/s: post → 200 ${answered}, post → stream ${heard}; refused ${String(refused)}, not heard ${String(lost)} of ${String(stamps.length)}`,
  );
}

/** Jiffies of 10 ms: of the process, and of every process below it. */
function cpuOf(pid) {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(fields[1]), jiffies: Number(fields[11]) + Number(fields[12]) }];
      } catch {
        return [];
      }
    });
  const below = new Set([pid]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const row of rows) if (below.has(row.parent)) below.add(row.pid);
  }
  const sum = (of) => rows.filter(of).reduce((total, { jiffies }) => total + jiffies, 0);
  return { own: sum((row) => row.pid === pid), children: sum((row) => row.pid !== pid && below.has(row.pid)) };
}

function perMessage(jiffies, stamps) {
  return `${((jiffies * 10_000) / stamps.length).toFixed(0)} µs`;
}

function quantiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]?.toFixed(1) ?? '–';
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms`;
}

function postWebhook(mid, n) {
  const psid = String(6_500_000_000_000_100 + (n % contacts));
  const now = Date.now();
  const item = {
    sender: { id: psid },
    recipient: { id: page },
    timestamp: now,
    message: { mid, text: 'Is the blue one in stock?' },
  };
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: page, time: now, messaging: [item] }] }));
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${parley.url}/webhooks/facebook`,
      {
        method: 'POST',
        agent,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': body.length,
          'X-Hub-Signature-256': signature,
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

function listen(heard) {
  return new Promise((resolve, reject) => {
    const opened = get(
      `${parley.url}/stream?types=message.created`,
      { headers: { Authorization: `Bearer ${key}` } },
      (answer) => {
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
      },
    );
    opened.on('error', reject);
  });
}

async function start(app, env) {
  const child = fork(join(import.meta.dirname, '..', 'dist', 'bundles', `${app}.mjs`), {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const url = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.url));
    child.once('exit', (code) => reject(new Error(`${app} ended with ${String(code)}`)));
  });
  return { child, url };
}

async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function call(name, body) {
  return post(`${parley.url}/${name}`, body, { Authorization: `Bearer ${key}` });
}

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${String(answer.status)} ${await answer.text()}`);
  return answer.json();
}
