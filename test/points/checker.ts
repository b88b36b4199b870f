import type { Message } from '#libs/messaging';
import { echoItem } from '../harness/facebook-items.js';
import { withDatabase } from '../harness/embedded-database.js';
import { none, present } from '../harness/only.js';
import type { GraphSend } from '../harness/simulator.client.js';
import type { Product } from '../harness/start-product.js';
import type { StreamReader } from '../harness/stream-reader.js';
import { textOf } from '../harness/texts.js';
import { idOf, type Script } from './script.js';

const taken = ['sent', 'delivered', 'read'];

/** Facebook repeats the echoes that nobody took. */
export async function repeatEchoes(product: Product): Promise<void> {
  const calls = await acceptedCalls(product);
  for (const pageId of new Set(calls.map((call) => present(call.page_id, 'page')))) {
    const ofPage = calls.filter((call) => call.page_id === pageId);
    await product.webhooks.deliver(
      pageId,
      ofPage.map(({ recipient_id: psid, text, mid, metadata }) =>
        echoItem({
          pageId,
          psid: present(psid, 'recipient'),
          text: present(text, 'text'),
          mid: present(mid, 'mid'),
          metadata: present(metadata, 'metadata'),
          appId: product.settings.appId,
        }),
      ),
    );
  }
}

async function acceptedCalls(product: Product): Promise<GraphSend[]> {
  return (await product.facebook.state()).sends.filter(({ outcome }) => outcome === 'accepted');
}

/** Those that still wait, apart from what has to be given up: its attempts are made as old as that, its owners as dead. */
async function stillPending(product: Product, script: Script): Promise<string[]> {
  const messages = await Promise.all(script.outbound.map((line) => product.client.message(idOf(line))));
  const pending = messages.filter(({ state }) => state === 'pending').map(({ id }) => id);
  const accepted = new Set((await acceptedCalls(product)).map(({ metadata }) => metadata?.split(':')[1]));
  await ageAttempts(
    product.home,
    pending.filter((id) => !accepted.has(id)),
  );
  return pending;
}

/** Not of a call that may still run. */
async function ageAttempts(home: string, messages: readonly string[]): Promise<void> {
  if (messages.length === 0) return;
  await withDatabase(home, (database) =>
    database.query(
      `with aged as (
         update send_attempts set opened_at = now() - interval '121 seconds'
         where message_id = any($1::uuid[]) and state = 'open' and opened_at < now() - interval '2 seconds'
         returning conversation_id)
       update send_lanes set owner = null, until = null, next_due = now()
       where conversation_id in (select conversation_id from aged)`,
      [messages],
    ),
  );
}

/** Lost, doubled, misreported, reordered, called twice: a line for each. */
export async function findWrongs(product: Product, script: Script, stream: StreamReader): Promise<string[]> {
  const sends = (await product.facebook.state()).sends;
  const chats = [
    ...new Map([...script.inbound, ...script.outbound].map(({ chat }) => [chat.conversationId, chat])).values(),
  ];
  const messages = (
    await Promise.all(chats.map(({ conversationId }) => product.client.allMessages(conversationId)))
  ).flat();
  return [
    ...inboundWrongs(script, messages),
    ...outboundWrongs(script, messages, sends),
    ...streamWrongs(messages, stream),
    ...chats.flatMap(({ conversationId }) => orderWrongs(script, conversationId, stream)),
  ];
}

function inboundWrongs({ inbound }: Script, messages: readonly Message[]): string[] {
  return inbound.flatMap(({ mid, text }) => {
    const copies = messages.filter((message) => message.source_message_id === mid || textOf(message) === text);
    return copies.length === 1 ? [] : [`${text} is there ${copies.length} times`];
  });
}

function outboundWrongs({ outbound }: Script, messages: readonly Message[], sends: readonly GraphSend[]): string[] {
  return outbound.flatMap((line) => {
    const copies = messages.filter((message) => textOf(message) === line.text);
    const calls = sends.filter(({ text }) => text === line.text);
    const [message] = copies;
    if (message === undefined || copies.length > 1 || message.id !== idOf(line))
      return [`${line.text} is there ${copies.length} times`];
    if (calls.length > 1) return [`${line.text} was called ${calls.length} times`];
    return stateWrongs(line.text, message, calls);
  });
}

function stateWrongs(text: string, message: Message, calls: readonly GraphSend[]): string[] {
  const mid = calls.find(({ outcome }) => outcome === 'accepted')?.mid ?? null;
  const isTaken = taken.includes(message.state) && message.source_message_id === mid;
  const isRight = mid === null ? message.state === 'unknown' : isTaken;
  return isRight ? [] : [`${text} is ${message.state}, and Facebook has ${mid ?? 'nothing'}`];
}

/** Each is announced once as created, versions only rise, and the last one told is what stands in the row. */
function streamWrongs(messages: readonly Message[], stream: StreamReader): string[] {
  return messages.flatMap((message) => {
    const told = stream.updates.flatMap(({ id, type, payload }) =>
      'message' in payload && payload.message.id === message.id ? [{ id, type, message: payload.message }] : [],
    );
    const created = new Set(told.filter(({ type }) => type === 'message.created').map(({ id }) => id));
    const versions = told.map(({ message: { version } }) => version);
    const last = told.at(-1)?.message;
    const problems = [
      created.size === 1 ? '' : `announced ${created.size} times`,
      versions.every((version, index) => index === 0 || version > Number(versions[index - 1])) ? '' : 'versions fall',
      last?.version === message.version && last.state === message.state ? '' : `told as ${last?.state ?? 'nothing'}`,
    ];
    return problems.filter((problem) => problem !== '').map((problem) => `${message.id}: ${problem}`);
  });
}

/** A customer's messages in the order in which they were posted: the next was posted when the last was answered. */
function orderWrongs({ inbound }: Script, conversationId: string, stream: StreamReader): string[] {
  const texts = new Set(inbound.filter(({ chat }) => chat.conversationId === conversationId).map(({ text }) => text));
  const told = stream.created.map(textOf).filter((text) => texts.has(text));
  return JSON.stringify(told) === JSON.stringify([...texts]) ? [] : [`${conversationId}: ${told.join(', ')}`];
}

export async function isSettled(product: Product, script: Script): Promise<boolean> {
  none(await stillPending(product, script), 'messages wait');
  return true;
}

export async function isRight(product: Product, script: Script, stream: StreamReader): Promise<boolean> {
  none(await findWrongs(product, script, stream), 'wrongs');
  return true;
}
