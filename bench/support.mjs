// What the benchmarks share: processes of the built product, signed webhooks, figures of /proc, and the machine they ran on.
import { execFileSync, fork, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');

export const page = '108200000000001';
export const secret = `bench-${randomBytes(8).toString('hex')}`;
export const key = randomBytes(24).toString('hex');
export const facebookApp = {
  FACEBOOK_APP_ID: '290000000000001',
  FACEBOOK_APP_SECRET: secret,
  FACEBOOK_WEBHOOK_SECRET: 'bench',
};

/** A home that PostgreSQL's account can reach. */
export function makeHome() {
  const home = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  chmodSync(home, 0o711);
  return home;
}

/**
 * A bundle, or a module of bench/, as a process that says over IPC when it is ready. `core`: pinned to it, where taskset is there.
 * `logFile`: keeps its log.
 */
export async function start(app, env, { core, logFile } = {}) {
  const module = app.endsWith('.mjs') ? join(import.meta.dirname, app) : join(root, 'dist', 'bundles', `${app}.mjs`);
  const child = fork(module, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', logFile === undefined ? 'ignore' : openSync(logFile, 'a'), 'inherit', 'ipc'],
    detached: true,
  });
  if (core !== undefined) pin(child.pid, core);
  const url = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.url));
    child.once('exit', (code) => reject(new Error(`${app} ended with ${String(code)}`)));
  });
  return { child, url };
}

export async function stop(started) {
  if (started === undefined || started.child.exitCode !== null || started.child.signalCode !== null) return;
  const ended = new Promise((resolve) => started.child.once('exit', resolve));
  started.child.kill('SIGTERM');
  await ended;
}

/** Every thread of it: `-a` covers those that are there already. */
export function pin(pid, core) {
  try {
    execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
  } catch {
    // not there: the machine's scheduler decides
  }
}

/** The embedded PostgreSQL of the product, as a server for processes of one role. `settings`: before those of the embedded one. */
export async function startDatabase({ maxConnections = 40, settings = {} } = {}) {
  const script = join(root, 'test', 'postgres-owner.mjs');
  const set = Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`);
  const args = [script, makeHome(), `--max-connections=${String(maxConnections)}`, '--delete-data', ...set];
  const owner = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: owner.stdout })) {
    const { url, error } = JSON.parse(line);
    if (error !== undefined) throw new Error(error);
    if (url !== undefined) return { url, pids: () => usageOf(owner.pid).pids, stop: () => stopOwner(owner) };
  }
  throw new Error('PostgreSQL did not start.');
}

async function stopOwner(owner) {
  if (owner.exitCode !== null || owner.signalCode !== null) return;
  const ended = new Promise((resolve) => owner.once('exit', resolve));
  owner.stdin.end();
  await ended;
}

export async function migrate(databaseUrl) {
  const child = fork(join(root, 'dist', 'bundles', 'migrate.mjs'), {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`migrate ended with ${String(code)}`);
}

/** One message of one of 500 people, as Facebook posts it. */
export function webhookOf(mid, n) {
  const now = Date.now();
  const item = {
    sender: { id: String(6_500_000_000_000_100 + (n % 500)) },
    recipient: { id: page },
    timestamp: now,
    message: { mid, text: 'Is the blue one in stock?' },
  };
  return signed([item]);
}

/** Items of the page as Facebook posts them. */
export function signed(items) {
  const entry = [{ id: page, time: Date.now(), messaging: items }];
  const body = Buffer.from(JSON.stringify({ object: 'page', entry }));
  return { body, signature: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}

/** Posts webhooks over connections that stay open, as Facebook does; cheaper than Node's client, which would measure itself. */
export function openPoster(url, connections) {
  const { hostname, port } = new URL(url);
  const idle = [];
  const waiting = [];
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(Number(port), hostname).setNoDelay();
    let answered;
    const next = () => {
      const asked = waiting.shift();
      if (asked === undefined) idle.push(ask);
      else ask(asked);
    };
    const ask = ({ request, resolve }) => {
      answered = resolve;
      socket.write(request);
    };
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      // an answer is one small write
      answered(Number(chunk.toString('latin1', 9, 12)));
      next();
    });
    socket.on('error', () => undefined);
    return socket;
  });
  return {
    post: (request) =>
      new Promise((resolve) => {
        // in turns: the server cuts a connection on which nothing comes
        const ask = idle.shift();
        if (ask === undefined) waiting.push({ request, resolve });
        else ask({ request, resolve });
      }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The bytes of the whole request. */
export function requestOf({ body, signature }) {
  const head = [
    'POST /webhooks/facebook HTTP/1.1',
    'Host: parley.example',
    'Content-Type: application/json',
    `Content-Length: ${String(body.length)}`,
    `X-Hub-Signature-256: ${signature}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

export function newMid() {
  return `m_${randomBytes(12).toString('base64url')}`;
}

export async function postJson(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${String(answer.status)} ${await answer.text()}`);
  return answer.json();
}

/** The simulated Facebook's first page, connected. */
export async function connectPage(parleyUrl, simulatorUrl) {
  const { pages } = await postJson(`${simulatorUrl}/control/state`, {});
  const body = { page_id: page, page_token: pages[0].page_token };
  return postJson(`${parleyUrl}/channels.facebook.connect`, body, { Authorization: `Bearer ${key}` });
}

/** Of the process itself and of every process below it: jiffies of 10 ms. */
export function usageOf(pid) {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const below = new Set([pid]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const row of rows) if (below.has(row.parent)) below.add(row.pid);
  }
  const own = rows.filter((row) => row.pid === pid);
  const children = rows.filter((row) => row.pid !== pid && below.has(row.pid));
  return { own: sum(own, 'jiffies'), children: sum(children, 'jiffies'), pids: children.map((row) => row.pid) };
}

function readProcess(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(fields[1]), jiffies: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    return [];
  }
}

/** Proportional set size of these processes together, MB. */
export function memoryOf(pids) {
  const kilobytes = pids.flatMap((pid) => {
    try {
      return [Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1] ?? 0)];
    } catch {
      return [];
    }
  });
  return Math.round(kilobytes.reduce((total, value) => total + value, 0) / 1024);
}

function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0);
}

/** Undefined of nothing. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function quantiles(values) {
  const at = (share) => quantile(values, share)?.toFixed(1) ?? '–';
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms`;
}
