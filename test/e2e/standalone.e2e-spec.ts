import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Message } from '#libs/messaging';
import { at, none, only, present } from '../harness/only.js';
import { ParleyClient } from '../harness/parley.client.js';
import { descendantsOf, killFamily, sendSignal, stillRuns, type ProcessRow } from '../harness/process-tree.js';
import { firstConversation } from '../harness/readme.js';
import { killStarted, startBundle, startInVain, type StartedProcess } from '../harness/start-bundle.js';
import { makeHome, removeHomes } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

const DEMO_PAGE = '108200000000001';
const COMMAND_MS = 5_000;

describe('standalone without any configuration', () => {
  const home = makeHome();
  let parley: StartedProcess;
  /** What may outlive a kill of its parent. */
  const started: ProcessRow[] = [];

  const start = async (): Promise<void> => {
    parley = await startBundle('standalone', { PARLEY_HOME: home, PORT: '0', METRICS_PORT: '0', SIMULATOR_PORT: '0' });
    started.push(...descendantsOf(parley.pid));
  };
  const keyPath = join(home, 'api-key');
  const readKey = (): string => readFileSync(keyPath, 'utf8').trim();
  const client = (): ParleyClient => new ParleyClient(parley.url, readKey());
  const familyOf = (pid: number): readonly ProcessRow[] => descendantsOf(pid);
  const waitForEnd = (family: readonly ProcessRow[]): Promise<boolean> =>
    waitFor('every process to be gone', () => {
      none(
        family.filter(stillRuns).map(({ command }) => command),
        'processes',
      );
      return true;
    });

  const waitForDelivered = (messageId: string): Promise<Message> =>
    waitFor(`${messageId} to be delivered`, async () => {
      const message = await client().message(messageId);
      if (!['delivered', 'read'].includes(message.state)) throw new Error(JSON.stringify(message));
      return message;
    });

  beforeAll(start, 60_000);

  afterAll(async () => {
    await killStarted();
    for (const { pid } of started.filter(stillRuns)) killFamily(pid);
    removeHomes();
  });

  it('says where it is, where the key lies, and three things to try', () => {
    const output = parley.output();
    expect(output).toContain(parley.url);
    expect(output).toContain(keyPath);
    expect(commandsIn(output).length).toBeGreaterThanOrEqual(3);
    expect(output).not.toContain(readKey());
  });

  it('keeps its key from other accounts', () => {
    expect(readKey().length).toBeGreaterThanOrEqual(32);
    expect(statSync(keyPath).mode & 0o077).toBe(0);
  });

  it('has connected a demo page of its own simulator', async () => {
    const channel = only(await client().channels());
    expect(channel).toMatchObject({
      source: 'facebook',
      source_channel_id: DEMO_PAGE,
      connected: true,
      health: { state: 'connected' },
    });
  });

  it('prints commands that do what they say, by copy and paste, in their order', async () => {
    expect(execFileSync('curl', ['--version'], { encoding: 'utf8' })).toMatch(/^curl /);
    const results = [];
    for (const command of commandsIn(parley.output())) results.push({ command, ...(await runInShell(command)) });
    for (const { command, code, output } of results) {
      expect({ command, code }).toEqual({ command, code: 0 });
      expect({ command, output }).not.toMatchObject({
        output: expect.stringMatching(/"(code|error)":|problem\+json/) as string,
      });
      expect({ command, hasAnswer: output.trim() !== '' }).toEqual({ command, hasAnswer: true });
    }
    const conversation = at((await client().conversations()).data, 0);
    const messages = await client().allMessages(conversation.id);
    expect(new Set(messages.map(({ from_contact: isCustomers }) => isCustomers))).toEqual(new Set([true, false]));
    const reply = present(
      messages.find(({ from_contact: isCustomers }) => !isCustomers),
      'a reply',
    );
    await waitForDelivered(reply.id);
  }, 60_000);

  it('does what the README shows: the answer is read in the end', async () => {
    const script = firstConversation({ url: parley.url, keyPath, output: parley.output() });
    expect(await runInShell(script)).toMatchObject({ code: 0 });
    const { last_message: answer } = only((await client().conversations()).data);
    expect(answer).toMatchObject({ content: { text: 'It is!' }, state: 'read' });
  }, 30_000);

  it('drains on SIGTERM, ends with 0 and leaves no process', async () => {
    const family = familyOf(parley.pid);
    expect(family.some(({ command }) => command.includes('postgres'))).toBe(true);
    expect(family.some(({ command }) => command.includes('simulator.mjs'))).toBe(true);
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    await waitForEnd(family);
  }, 30_000);

  it('has its data, its key and its page again after a restart', async () => {
    const key = readKey();
    await start();
    expect(readKey()).toBe(key);
    const channel = only(await client().channels());
    expect(channel).toMatchObject({ source_channel_id: DEMO_PAGE, connected: true });
    const conversation = at((await client().conversations()).data, 0);
    expect((await client().allMessages(conversation.id)).length).toBeGreaterThanOrEqual(2);
  }, 30_000);

  it('can be tried again after a restart, into the same conversation', async () => {
    const conversation = only((await client().conversations()).data);
    for (const command of commandsIn(parley.output())) expect(await runInShell(command)).toMatchObject({ code: 0 });
    const messages = await client().allMessages(conversation.id);
    expect(messages.length).toBeGreaterThanOrEqual(4);
    await waitForDelivered(at(messages, 0).id);
  }, 30_000);

  it('takes its simulator with it when it is killed, and starts again at once', async () => {
    const simulator = only(familyOf(parley.pid).filter(({ command }) => command.includes('simulator.mjs')));
    const conversation = at((await client().conversations()).data, 0);
    const before = await client().allMessages(conversation.id);
    sendSignal(parley.pid, 'SIGKILL');
    await parley.exited;
    await waitForEnd([simulator]);
    await start();
    expect(await client().allMessages(conversation.id)).toEqual(before);
    expect((await client().raw('/health/ready', { method: 'GET' })).status).toBe(200);
  }, 30_000);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s while somebody listens to its stream',
    async (signal) => {
      const stream = await client().stream();
      const family = familyOf(parley.pid);
      sendSignal(parley.pid, signal);
      expect(await parley.exited).toEqual({ code: 0, signal: null });
      await waitFor('the stream to end', () => !stream.isOpen);
      await waitForEnd(family);
      await start();
    },
    40_000,
  );
});

describe('a start that cannot be', () => {
  afterAll(removeHomes);

  it('names everything that is wrong, and no value', async () => {
    const { exit, output } = await startInVain('standalone', {
      PARLEY_HOME: makeHome(),
      PORT: 'eighty',
      PARLEY_API_KEY: 'too-short-canary',
      PARLEY_ENCRYPTION_KEY: 'not-a-key-canary',
    });
    expect(exit.code).toBeGreaterThan(0);
    for (const name of ['PORT', 'PARLEY_API_KEY', 'PARLEY_ENCRYPTION_KEY']) expect(output).toContain(name);
    expect(output).not.toContain('canary');
  });
});

/** The curl commands that were printed, each with its continued lines. */
function commandsIn(output: string): string[] {
  const lines = output.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.map((line) => line.trim().replace(/^\$ /, '')).filter((line) => /^(\w+=\S+ )*curl /.test(line));
}

/** A command that goes on for ever, such as one that shows the stream, has done its work when it has said something. */
async function runInShell(command: string): Promise<{ code: number | null; output: string }> {
  const shell = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const pid = present(shell.pid, 'the pid of bash');
  let isOver = false;
  let isStream = false;
  shell.stdout.on('data', (chunk: Buffer) => {
    isStream ||= chunk.toString('utf8').startsWith('retry:');
  });
  const code = new Promise<number | null>((resolve) => {
    shell.once('close', (status) => {
      isOver = true;
      resolve(isStream ? 0 : status);
    });
  });
  const said = text(shell.stdout);
  const complained = text(shell.stderr);
  await waitFor(`the end of ${command}`, () => isOver || isStream, COMMAND_MS).finally(() => {
    killFamily(pid);
  });
  return { code: await code, output: `${await said}${await complained}` };
}
