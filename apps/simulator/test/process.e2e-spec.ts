import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Facebook, PAGE_ID } from './facebook.js';

// The built product; `npm test` compiles first.
const MAIN = fileURLToPath(new URL('../../../dist/apps/simulator/src/main.js', import.meta.url));

let child: ChildProcess;

function start(env: Record<string, string>): void {
  child = fork(MAIN, { env: { SIMULATOR_PORT: '0', ...env }, execArgv: [], silent: true });
}

async function ready(): Promise<Facebook> {
  const [message] = (await once(child, 'message')) as [{ type: string; url: string }];
  expect(message).toEqual({ type: 'ready', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown });
  return new Facebook(message.url);
}

afterEach(() => {
  child.kill('SIGKILL');
});

describe('the process of the simulator', () => {
  it('says over IPC where it listens, shows no secret, and ends when its parent goes away', async () => {
    start({
      FACEBOOK_APP_ID: '123456789012345',
      SIMULATOR_APP_ID: '290000000000009',
      SIMULATOR_APP_SECRET: 'hush-hush',
    });
    const output = text(child.stdout as NodeJS.ReadableStream);
    const state = await (await ready()).state();
    expect(state).toMatchObject({ app_id: '290000000000009', pages: [{ page_id: PAGE_ID }] });

    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(JSON.stringify(state) + (await output)).not.toContain('hush-hush');
    expect(await output).not.toContain(state.pages[0]?.page_token);
  });

  it('ends on SIGTERM', async () => {
    start({});
    await ready();
    child.kill('SIGTERM');

    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('refuses to run beside a real app', async () => {
    start({ FACEBOOK_APP_ID: '123456789012345', FACEBOOK_APP_SECRET: 'real' });
    const complaint = text(child.stderr as NodeJS.ReadableStream);

    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(await complaint).toContain('FACEBOOK_APP_ID');
  });
});
