import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { bodyOf } from '../harness/answer.js';
import { expectFilesFor, idsOf, openAll, openCrowd, strayed } from '../harness/crowd.js';
import { CrowdScript, toldTo } from '../harness/crowd-script.js';
import { Flood } from '../harness/flood.js';
import { at } from '../harness/only.js';
import type { ToldUpdate } from '../harness/raw-parsers.js';
import type { RawReader } from '../harness/raw-reader.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { waitFor } from '../harness/wait-for.js';

/** `PARLEY_CROWD=5000 npm test -- test/e2e/crowd` for more; every one is a file here and one there. */
const READERS = Number(process.env['PARLEY_CROWD'] ?? 1_000);
const SLOW = 40;
const CHATS = 4;
const PATIENCE_MS = 40_000;
/** Nobody who posts or calls waits longer for an answer, ms; in the storm the test itself opens a thousand sockets meanwhile. */
const ANSWERED_WITHIN_MS = 3_000;
const ANSWERED_IN_STORM_MS = 10_000;
const MEGABYTE = 1024 * 1024;

const newKeySchema = z.object({ id: z.uuid(), key: z.string() });

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1024) / MEGABYTE);
}

function openOnes(readers: readonly RawReader[]): RawReader[] {
  return readers.filter(({ isOpen }) => isOpen);
}

function heardBy(readers: readonly RawReader[]): () => RawReader['told'][] {
  return () => readers.map(({ told }) => told);
}

function heardAll(readers: readonly RawReader[], count: number): boolean {
  return readers.every(({ told }) => told.length >= count);
}

describe(`${READERS} readers, every second on a WebSocket`, () => {
  let product: Product;
  let pages: ConnectedPage[];
  let chats: Chat[];
  let crowd: RawReader[] = [];
  let beginning: string;
  /** Updates since the beginning. */
  let happened = 0;
  const others: RawReader[] = [];

  const all = (): { url: string; key: string } => ({ url: product.client.url, key: product.settings.apiKey });
  const createKey = async (): Promise<{ id: string; key: string }> =>
    bodyOf(newKeySchema, await product.client.call('api-keys.create', { name: 'x', scopes: ['stream.read'] }));
  /** Everything since the beginning, as one reader hears it whose frames are all checked. */
  const wholeStory = async (): Promise<ToldUpdate[]> => {
    const reader = await product.client.stream({ lastEventId: beginning });
    const told = await toldTo(reader, happened);
    reader.close();
    return told;
  };

  beforeAll(async () => {
    expectFilesFor(READERS);
    product = await Product.start({ env: { LOG_LEVEL: 'info', PARLEY_RATE_LIMIT: '100000' } });
    await product.facebook.change({ delivery: 'off', read: 'off', echo: 'off' });
    pages = [await product.connectPage('First'), await product.connectPage('Second')];
    await product.leaveContactsAlone();
    chats = [];
    for (let n = 0; n < CHATS; n += 1) chats.push(await product.startChat(at(pages, 0)));
    crowd = await openCrowd(READERS, all());
    beginning = at(crowd, 0).lastId;
  }, 90_000);

  afterEach(() => {
    for (const reader of others.splice(0)) reader.close();
  });

  afterAll(async () => {
    for (const reader of crowd) reader.close();
    await stopAll();
  });

  it('hear every update once and in order, narrowed too, while webhooks and calls are answered', async () => {
    const { conversationId: chosen } = at(chats, 1);
    const ofOne = await openCrowd(20, { ...all(), query: { conversation_id: chosen } });
    const ofChanges = await openCrowd(20, { ...all(), query: { types: 'message.updated' } });
    others.push(...ofOne, ...ofChanges);
    const script = new CrowdScript(product, chats);
    await script.play(8, { isAnswered: true });
    happened += script.updates;

    const told = await wholeStory();
    expect(told).toHaveLength(happened);
    expect(await strayed(heardBy(crowd), told, PATIENCE_MS)).toEqual([]);
    const one = told.filter(({ conversationId }) => conversationId === chosen);
    expect(await strayed(heardBy(ofOne), one, PATIENCE_MS)).toEqual([]);
    const changes = told.filter(({ type }) => type === 'message.updated');
    expect(await strayed(heardBy(ofChanges), changes, PATIENCE_MS)).toEqual([]);
    expect(Math.max(...script.answeredAfterMs)).toBeLessThan(ANSWERED_WITHIN_MS);
  }, 90_000);

  it('are cut with their key and nobody else', async () => {
    const { id, key } = await createKey();
    const theirs = await openCrowd(100, { ...all(), key });
    const startedAt = performance.now();
    expect((await product.client.call('api-keys.revoke', { api_key_id: id })).status).toBe(204);
    await waitFor('all streams of the key to be cut', () => openOnes(theirs).length === 0);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(new Set(theirs.map(({ closeCode }) => closeCode))).toEqual(new Set([undefined, 4401]));
    expect(openOnes(crowd)).toHaveLength(READERS);
  }, 30_000);

  it('go on all at once after a crash, each where it was, with neither gap nor repeat', async () => {
    const early = new CrowdScript(product, chats);
    for (const reader of crowd.filter((_, n) => n % 10 === 0)) reader.close();
    await early.play(4, { isAnswered: false });
    product.killParley();
    await waitFor('all streams to end', () => openOnes(crowd).length === 0);
    await product.startParley();

    const during = new CrowdScript(product, chats);
    const playing = during.play(4, { isAnswered: true });
    const resumed = await openAll(crowd.map(({ request, lastId }) => ({ ...request, ...all(), cursor: lastId })));
    await playing;
    happened += early.updates + during.updates;
    const before = heardBy(crowd)();
    const stories = (): ToldUpdate[][] => resumed.map(({ told }, n) => [...at(before, n), ...told]);
    const told = await wholeStory();
    expect(told).toHaveLength(happened);
    crowd = resumed;
    expect(resumed.filter(({ isExpired }) => isExpired)).toEqual([]);
    expect(await strayed(stories, told, PATIENCE_MS)).toEqual([]);
    expect(Math.max(...during.answeredAfterMs)).toBeLessThan(ANSWERED_IN_STORM_MS);
  }, 120_000);

  it('are cut when they do not read, go on where they were, and nobody else is touched', async () => {
    const [flooded, calm] = [at(pages, 0), at(pages, 1)];
    for (const reader of crowd) reader.close();
    const chat = await product.startChat(calm);
    const query = { channel_id: flooded.channel.id, types: 'message.created' };
    const slow = await openCrowd(SLOW, { ...all(), query });
    const quick = await openCrowd(SLOW * 5, { ...all(), query: { channel_id: calm.channel.id } });
    others.push(...slow, ...quick);
    for (const reader of slow) reader.pause();
    const residentBefore = residentMegabytes(product.process.pid);
    const flood = new Flood(product, flooded.page.page_id, { texts: 25, characters: 20_000 });
    const script = new CrowdScript(product, [chat]);
    await waitFor(
      'the slow readers to be cut',
      async () => {
        await script.play(1, { isAnswered: false });
        await waitFor('the others to hear it', () => heardAll(quick, script.updates), ANSWERED_WITHIN_MS);
        return flood.untilCut(SLOW);
      },
      60_000,
    );
    expect(residentMegabytes(product.process.pid) - residentBefore).toBeLessThan(SLOW * 4 + 150);
    expect(openOnes(quick)).toHaveLength(quick.length);
    for (const reader of slow) reader.resume();
    await waitFor('the slow readers to see the end', () => openOnes(slow).length === 0);
    const resumed = await openAll(slow.map(({ request, lastId }) => ({ ...request, cursor: lastId })));
    others.push(...resumed);
    const complete = (): boolean =>
      slow.every((reader, n) => reader.told.length + at(resumed, n).told.length >= flood.posted);
    await waitFor('the slow readers to have all', complete, PATIENCE_MS);
    const counts = slow.map((reader, n) => idsOf([...reader.told, ...at(resumed, n).told]));
    expect(new Set(counts)).toEqual(new Set([`${flood.posted} different of ${flood.posted}`]));
    expect(Math.max(...script.answeredAfterMs)).toBeLessThan(ANSWERED_WITHIN_MS);
  }, 120_000);
});
