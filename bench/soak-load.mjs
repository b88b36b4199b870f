// What happens during a soak: customers who write, read and like, new ones, people who answer, readers who come and go.
import { setTimeout as delay } from 'node:timers/promises';
import { openStream } from './raw-streams.mjs';
import { key, newMid, page, postJson, signed } from './support.mjs';

const known = 500;
const answered = 50;
/** Of so many things that happen one is an answer, a receipt, a new customer. */
const answerEach = 20;
const receiptEach = 10;
const newcomerEach = 100;
const commuteMs = 7_000;
const visitors = 20;
/** What is too slow for the rate makes the rate slower. */
const maxRunning = 200;
/** For what is on its way to be there, also on a machine that others use. */
const patienceMs = 10_000;

/** Readers to whom everything is told: two who stay, one who leaves and resumes; and guests who only look in. */
export async function ears(url, signal) {
  const unheard = [new Set(), new Set(), new Set()];
  let notOpened = 0;
  const orCount = (opening) => opening.catch(() => void (notOpened += 1));
  const heardBy = (n) => (mid) => void unheard[n].delete(mid);
  const staying = [
    await openStream({ url, key, heard: heardBy(0) }),
    await openStream({ url, key, heard: heardBy(1), isSocket: true }),
  ];
  let commuter = await openStream({ url, key, heard: heardBy(2) });
  const commuting = commute(signal, async (round) => {
    const cursor = commuter.lastId();
    commuter.close();
    const opening = openStream({ url, key, heard: heardBy(2), cursor, isSocket: round % 2 === 1 });
    commuter = (await orCount(opening)) ?? commuter;
  });
  const visiting = visit(signal, (isSocket) => orCount(openStream({ url, key, heard: () => undefined, isSocket })));
  const missing = () => unheard.reduce((total, mids) => total + mids.size, 0);
  return {
    expect: (mid) => unheard.forEach((mids) => mids.add(mid)),
    missing,
    notOpened: () => notOpened,
    /** Streams that are open when the guests have gone. */
    count: unheard.length,
    settle: async () => {
      for (let tries = 0; tries < 200 && missing() > 0; tries += 1) await delay(50);
      await Promise.all([commuting, visiting]);
    },
    close: () => [...staying, commuter].forEach((reader) => reader.close()),
  };
}

async function commute(signal, again) {
  for (let round = 0; !signal.aborted; round += 1) {
    await delay(commuteMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await again(round);
  }
}

async function visit(signal, open) {
  const guests = [];
  await commute(signal, async (round) => {
    guests.splice(0).forEach((guest) => guest?.close());
    for (let n = 0; n < visitors; n += 1) guests.push(await open((n + round) % 2 === 1));
  });
  guests.forEach((guest) => guest?.close());
}

export class Customers {
  #options;
  #posted = 0;
  #sent = 0;
  #refused = 0;
  #newcomers = 0;
  /** The last so many, to be looked for in the end. */
  #mids = [];
  #sends = [];
  #conversations = [];

  /** `doors`: where webhooks go, and where calls do. */
  constructor(options) {
    this.#options = options;
  }

  counts() {
    return { posted: this.#posted, sent: this.#sent, refused: this.#refused };
  }

  /** Some customers whom the simulated Facebook lets us answer. */
  async prepare() {
    for (let n = 0; n < answered; n += 1) {
      const customer = { page_id: page, psid: psidOf(n), last_wrote_at: Date.now() };
      await postJson(`${this.#options.simulatorUrl}/control/customers.create`, customer);
      const mid = await this.#write(psidOf(n));
      const { conversation_id } = await this.#found(mid, performance.now() + patienceMs);
      this.#conversations.push(conversation_id);
    }
  }

  async load(perSecond, signal) {
    const t0 = performance.now();
    const running = new Set();
    for (let n = 1; !signal.aborted; n += 1) {
      const early = t0 + (n * 1000) / perSecond - performance.now();
      // also when it is late: the answers have to be heard
      await delay(Math.max(0, early));
      if (running.size >= maxRunning) await Promise.race(running);
      const work = this.#happen(n).catch(() => (this.#refused += 1));
      running.add(work);
      void work.then(() => running.delete(work));
    }
    await Promise.all(running);
  }

  /** Looked for by REST: the last thousand that were written, and what became of the last answers. */
  async lookForAll() {
    let [lost, unsettled] = [0, 0];
    const until = performance.now() + patienceMs;
    for (const mid of this.#mids) await this.#found(mid, until).catch(() => (lost += 1));
    for (const id of this.#sends) if (!(await this.#isSettled(id, until))) unsettled += 1;
    return { lost, 'not settled': unsettled };
  }

  async #happen(n) {
    if (n % newcomerEach === 1) {
      this.#newcomers += 1;
      await this.#write(psidOf(known + this.#newcomers));
    } else if (n % answerEach === 2) await this.#answer(n);
    else if (n % receiptEach === 3) await this.#read(psidOf(n % known));
    else await this.#write(psidOf(n % known));
  }

  async #write(psid) {
    const mid = newMid();
    this.#options.readers.expect(mid);
    await this.#post({
      sender: { id: psid },
      timestamp: Date.now(),
      message: { mid, text: 'Is the blue one in stock?' },
    });
    keepLast(this.#mids, mid, 1_000);
    return mid;
  }

  async #read(psid) {
    await this.#post({ sender: { id: psid }, timestamp: Date.now(), read: { watermark: Date.now() } });
  }

  async #post(item) {
    const event = { ...item, recipient: { id: page } };
    const { body, signature } = signed([event]);
    const headers = { 'Content-Type': 'application/json', 'X-Hub-Signature-256': signature };
    const answer = await fetch(`${this.#options.doors.webhooks}/webhooks/facebook`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    this.#posted += 1;
    if (answer.status !== 200) this.#refused += 1;
  }

  async #answer(n) {
    const conversation = this.#conversations[Math.floor(n / answerEach) % answered];
    const content = { type: 'text', text: `Yes, number ${String(n)}` };
    const { id } = await this.#call('messages.send', { conversation_id: conversation, content });
    this.#sent += 1;
    keepLast(this.#sends, id, 300);
  }

  async #found(mid, until) {
    for (;;) {
      try {
        return await this.#call('messages.info', { channel_id: this.#options.channel.id, source_message_id: mid });
      } catch (error) {
        if (performance.now() > until) throw error;
        await delay(20);
      }
    }
  }

  async #isSettled(id, until) {
    for (;;) {
      const { state } = await this.#call('messages.info', { message_id: id });
      if (state !== 'pending' || performance.now() > until) return ['sent', 'delivered', 'read'].includes(state);
      await delay(20);
    }
  }

  #call(name, body) {
    return postJson(`${this.#options.doors.api}/${name}`, body, { Authorization: `Bearer ${key}` });
  }
}

function psidOf(n) {
  return String(6_500_000_000_000_100 + n);
}

function keepLast(list, item, count) {
  list.push(item);
  if (list.length > count) list.shift();
}
