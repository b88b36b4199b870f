import { readFileSync } from 'node:fs';
import type { ToldUpdate } from './raw-parsers.js';
import { RawReader, type RawRequest } from './raw-reader.js';
import { waitFor } from './wait-for.js';

type Wanted = Omit<RawRequest, 'kind'>;

/** Asked for at a time; all at once is for a storm. */
const opensAtATime = 20;
/** Of a process beside its readers. */
const otherFiles = 200;

/** Every second of them reads the WebSocket. */
export async function openCrowd(count: number, wanted: Wanted, atATime = opensAtATime): Promise<RawReader[]> {
  const requests = Array.from({ length: count }, (_, n): RawRequest => ({
    ...wanted,
    kind: n % 2 === 0 ? 'sse' : 'ws',
  }));
  return openAll(requests, atATime);
}

export async function openAll(requests: readonly RawRequest[], atATime = requests.length): Promise<RawReader[]> {
  const readers: RawReader[] = [];
  for (let from = 0; from < requests.length; from += atATime)
    readers.push(...(await Promise.all(requests.slice(from, from + atATime).map((each) => RawReader.open(each)))));
  return readers;
}

/** Node raises the soft limit to the hard one by itself, in Parley too. */
export function expectFilesFor(readers: number): void {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = Number(/^Max open files +\S+ +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  if (hard < readers + otherFiles)
    throw new Error(`${readers} readers need ${readers + otherFiles} open files; ulimit -Hn allows ${hard}.`);
}

/** The ids of each conversation (and of what is about channels) in the order of their telling: between them there is none. */
function storyOf(told: readonly ToldUpdate[]): string {
  const stories = new Map<string, string[]>();
  for (const { id, conversationId } of told) {
    const story = stories.get(conversationId) ?? [];
    story.push(id);
    stories.set(conversationId, story);
  }
  return [...stories]
    .map(([conversationId, ids]) => `${conversationId}: ${ids.join(' ')}`)
    .sort()
    .join('\n');
}

/** Waits until each has heard so many, and says what is wrong with those who have not heard just this story. */
export async function strayed(
  heard: () => readonly (readonly ToldUpdate[])[],
  expected: readonly ToldUpdate[],
  patienceMs: number,
): Promise<string[]> {
  const isComplete = (told: readonly ToldUpdate[]): boolean => told.length >= expected.length;
  await waitFor('every reader to have heard all', () => heard().every(isComplete), patienceMs).catch(() => undefined);
  const story = storyOf(expected);
  const others = heard().filter((told) => storyOf(told) !== story);
  return others.map((told) => `heard ${idsOf(told)} instead of ${expected.length}`).slice(0, 20);
}

export function idsOf(told: readonly ToldUpdate[]): string {
  return `${new Set(told.map(({ id }) => id)).size} different of ${told.length}`;
}
