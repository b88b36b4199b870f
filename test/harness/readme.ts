import { readFileSync } from 'node:fs';
import { present } from './only.js';

const readme = new URL('../../README.md', import.meta.url);

export interface Running {
  readonly url: string;
  readonly keyPath: string;
  /** What it printed at its start. */
  readonly output: string;
}

/** The commands of "A first conversation", for a Parley that runs elsewhere than `npm start` would. */
export function firstConversation({ url, keyPath, output }: Running): string {
  const blocks = readFileSync(readme, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm);
  const [, script] = present(
    [...blocks].find(([, block = '']) => block.includes('$SIM')),
    'a block of the README',
  );
  const [, simulatorUrl] = present(/simulated Facebook at (\S+)/.exec(output) ?? undefined, 'the simulator');
  return present(script, 'its commands')
    .replaceAll('http://127.0.0.1:8080', url)
    .replaceAll('http://127.0.0.1:8090', present(simulatorUrl, 'its address'))
    .replaceAll('.parley/api-key', keyPath);
}
