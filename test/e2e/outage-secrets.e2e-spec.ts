import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '#libs/messaging';
import { ask } from '../harness/answer.js';
import { Canaries, timesIn } from '../harness/canaries.js';
import { databasePassword, withDatabase } from '../harness/embedded-database.js';
import { newMid, textItem } from '../harness/facebook-items.js';
import { freePort } from '../harness/free-port.js';
import { killPostgres } from '../harness/frozen-postgres.js';
import { at, present } from '../harness/only.js';
import { startChats } from '../harness/start-chats.js';
import { startInVain } from '../harness/start-bundle.js';
import { Product, stopAll, type Chat, type ConnectedPage } from '../harness/start-product.js';
import { clusterOf } from '../harness/temporary-home.js';
import { waitFor } from '../harness/wait-for.js';

const WORDS = 'cAnArY words of a person';

/** Errors are where words and tokens slip out: PostgreSQL is killed while records are poison, and all goes on. */
describe('while PostgreSQL is killed, and records are poison,', () => {
  const canaries = new Canaries();
  let product: Product;
  let connected: ConnectedPage;
  let chats: Chat[];
  let metrics = '';
  let deadLetters = '';

  const append = (value: string): Promise<unknown> =>
    withDatabase(product.home, (database) =>
      database.query('select * from log_append($1, $2, $3, $4, $5, $6)', [
        ...['channel.events', '6', 'x', randomUUID(), '{}', value],
      ]),
    );
  /** What PostgreSQL refuses: an event whose text has a NUL. */
  const unstorable = async (): Promise<string> => {
    const [row] = await withDatabase(product.home, (database) =>
      database.query<{ value: string }>(
        `select value from log_records where topic = 'channel.events' and value like '%message.received%' limit 1`,
      ),
    );
    const event = JSON.parse(present(row, 'an event').value) as Event & { payload: object };
    const content = { type: 'text', text: `${WORDS}\0` };
    const payload = { ...event.payload, message_id: randomUUID(), source_message_id: newMid(), content };
    return JSON.stringify({ ...event, id: randomUUID(), payload });
  };
  const write = (chat: Chat): Promise<unknown> =>
    product.webhooks.deliver(chat.pageId, [textItem({ ...chat, text: WORDS, mid: newMid() })]).catch(() => undefined);
  const answer = (chat: Chat): Promise<unknown> =>
    product.client.sendText(chat.conversationId, WORDS).catch(() => undefined);
  const goOn = async (): Promise<void> => {
    await Promise.all(chats.flatMap((chat) => [write(chat), answer(chat)]));
  };

  beforeAll(async () => {
    const port = await freePort();
    product = await Product.start({ env: { DATABASE_URL: '', LOG_LEVEL: 'debug', METRICS_PORT: String(port) } });
    connected = await product.connectPage();
    chats = await startChats(product, connected, 4);
    canaries.add('the API key', product.settings.apiKey);
    canaries.add('the app secret', product.settings.appSecret);
    canaries.add('the verify token', product.settings.verifyToken);
    canaries.add('the page token', connected.page.page_token);
    canaries.add('the user token', connected.page.user_token);
    canaries.add('the password of PostgreSQL', databasePassword(product.home));
    canaries.add('what people write', WORDS);
    for (const { psid } of chats) canaries.add(`contact ${psid}`, psid);
    await goOn();
    await append(`${WORDS}, not JSON`);
    await append(JSON.stringify({ type: 'message.received', source_contact_id: at(chats, 0).psid, payload: WORDS }));
    await append(await unstorable());
    killPostgres(product.process.pid);
    await goOn();
    await waitFor('PostgreSQL to run again', () => product.output.includes('PostgreSQL runs again'), 30_000);
    await goOn();
    const env = { PARLEY_HOME: product.home, ...product.settings.env };
    await waitFor('the dead letters', async () => {
      deadLetters = (await startInVain('dead-letters', env, ['list', '--json'])).output;
      return timesIn(deadLetters, 'dead-letter/6/') === 3;
    });
    deadLetters += (await startInVain('dead-letters', env, ['list'])).output;
    metrics = (await ask(`http://127.0.0.1:${port}/metrics`, { method: 'GET' })).text;
    await product.stopParley();
  }, 90_000);

  afterAll(stopAll);

  it('no secret, no id and no word of a person is printed', () => {
    expect(timesIn(product.output, 'projector dead-lettered channel.events/6/')).toBe(3);
    expect(canaries.foundIn(product.output)).toEqual([]);
    expect(product.output).not.toContain('cAnArY');
  });

  it('nor is it in a metric, in the list of dead letters or in what PostgreSQL logs', () => {
    expect(canaries.foundIn(metrics)).toEqual([]);
    expect(canaries.foundIn(deadLetters)).toEqual([]);
    expect(canaries.foundIn(readFileSync(join(clusterOf(product.home), 'server.log'), 'utf8'))).toEqual([]);
  });
});
