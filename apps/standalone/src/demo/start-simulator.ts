import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface RunningSimulator {
  readonly url: string;
  close(): Promise<void>;
}

export interface SimulatedApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
}

const startMs = 20_000;

/** The simulator is a process of its own and ends with this one, also when this one is killed: it watches the channel between them. */
export async function startSimulator(port: number, app: SimulatedApp): Promise<RunningSimulator> {
  const child = fork(simulatorProgram(), {
    env: {
      SIMULATOR_PORT: String(port),
      SIMULATOR_APP_ID: app.appId,
      SIMULATOR_APP_SECRET: app.appSecret,
      FACEBOOK_WEBHOOK_SECRET: app.verifyToken,
      SIMULATOR_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const url = await readyUrl(child);
  return { url, close: () => close(child) };
}

/** Beside this program: in the bundles, or in tsc's output. */
function simulatorProgram(): string {
  const candidates = ['./simulator.mjs', '../../../simulator/src/main.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const program = candidates.find((path) => existsSync(path));
  if (program === undefined) throw new Error('The simulator is not built: run npm start, which builds it.');
  return program;
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('The simulator was not ready in time.'));
    }, startMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(
        new Error(
          `The simulator ended while starting (exit code ${String(code)}). Is its port taken? SIMULATOR_PORT chooses another.`,
        ),
      );
    });
    child.on('message', (message: { readonly type?: string; readonly url?: string }) => {
      if (message.type !== 'ready' || message.url === undefined) return;
      clearTimeout(timer);
      resolve(message.url);
    });
  });
}

async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}
