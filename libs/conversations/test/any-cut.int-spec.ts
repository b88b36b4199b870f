import fc from 'fast-check';
import { channelConnectionStore, migrate, openDataSource, openPgDatabase, type Database } from '#libs/database';
import { openPostgresEventLog, type EventLog } from '#libs/event-log';
import { conversationId, eventSchema, messageId, uuid5, type Event } from '#libs/messaging';
import { createTestDatabase } from '#libs/testing';
import { projectEvents } from '../src/project-events.js';
import type { ProjectionRules } from '../src/projection.js';

const workspace = '0190f3a2-0000-7000-8000-000000000001';
const appId = '290000000000001';
const contacts = ['6500000000000011', '6500000000000012'];
const mids = ['m_1', 'm_2', 'm_3', 'm_4'];
// what a person sent through us before the log begins: one message for each contact, the second one's for the second time
const ours = contacts.map((contact) => uuid5('0190f3a2-0000-7000-8000-000000000009', contact));
const tables = [
  'conversations',
  'conversation_counts',
  'messages',
  'message_sources',
  'waiting_effects',
  'send_attempts',
  'send_lanes',
  'log_records',
];
const startMs = 1_763_600_000_000;
// a week, and ten of the log's seconds, later the contacts are asked for again
const fetchedAt = new Date(startMs + 10_000 - 7 * 86_400_000);

describe('any cut of the log into batches', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  let log: EventLog;
  let channel: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    await migrate(test.url);
    database = openPgDatabase(await openDataSource({ url: test.url, poolSize: 4 }));
    log = await openPostgresEventLog({ database });
    await database.query('insert into workspaces (id, name) values ($1, $2)', [workspace, 'test']);
    channel = await connectPage(database);
  });

  afterAll(async () => {
    await log.close();
    await database.close();
    await test.drop();
  });

  it('gives the same rows and the same updates (interleaving 9, 19)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(factArbitrary, { minLength: 1, maxLength: 24 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 8 })),
        (facts, sizes) => expectSameForAnyCut(facts, [...sizes.take(facts.length)]),
      ),
      { numRuns: 30 },
    );
  }, 120_000);

  // what the property has found
  it.each<[string, Fact[]]>([
    [
      'an unsend that waits for an echo that waits for a send',
      facts('echo m_1', 'deleted m_1', 'unknown m_1', 'text m_1'),
    ],
    ['two edits that wait for one message', facts('edited m_4', 'edited m_4 1', 'text m_4')],
    ['an echo without our tag behind the one that proves the send', facts('claimed m_1', 'echo m_2', 'text m_1')],
    ['a reaction taken back before it came', facts('text m_2', 'reacted m_2', 'reacted m_2 1')],
    ['a reply to a message that comes later', facts('reply m_3', 'text m_1')],
    ['two attempts that were both delivered', twice('claimed m_1 1', 'accepted m_2 2', 'read m_3 3', 'accepted m_1 5')],
  ])('is the same for %s (interleaving 9, 19)', async (_, found) => {
    await expectSameForAnyCut(found, [2, 1, 3]);
  });

  it('gives nothing new when the log is read again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(factArbitrary, { minLength: 1, maxLength: 16 }), async (facts) => {
        const events = facts.filter(({ kind }) => kind === 'text').map((fact, index) => eventOf(channel, fact, index));
        const once = await project(events, [Math.max(events.length, 1)]);
        const twice = await project([...events, ...events], [Math.max(events.length, 1)]);
        expect(twice).toEqual(once);
      }),
      { numRuns: 10 },
    );
  });

  async function expectSameForAnyCut(found: readonly Fact[], sizes: readonly number[]): Promise<void> {
    const events = found.map((fact, index) => eventOf(channel, fact, index));
    const oneByOne = await project(events, [1]);
    expect(await project(events, sizes)).toEqual(oneByOne);
    expect(await project(events, [events.length])).toEqual(oneByOne);
  }

  async function project(events: readonly Event[], sizes: readonly number[]): Promise<unknown> {
    for (const table of tables) await database.query(`delete from ${table}`);
    for (const [index, contact] of contacts.entries()) await insertOurs(contact, index);
    for (const batch of cutInto(events, sizes))
      await database.transaction((sql) => projectEvents(sql, log, batch, rules));
    return state(database);
  }

  const rules: ProjectionRules = {
    now: new Date(startMs + 3_600_000),
    publicUrl: 'http://127.0.0.1:8080',
    window: () => ({ closes_at: null, human_agent_until: null, allowed: [] }),
    partitionOf: (key) => log.partitionOf(key),
  };

  /** A row as the API leaves it, with the attempt that the sender has opened. */
  async function insertOurs(contact: string, index: number): Promise<void> {
    const conversation = conversationId(channel, contact);
    await database.query(
      `insert into conversations (id, workspace_id, channel_id, source_contact_id, created_at, version, last_message_id, last_message_sent_at, message_count, contact_fetched_at, contact_due_at)
       values ($1, $2, $3, $4, $5, 1, $6, $5, 1, $7, null)`,
      [conversation, workspace, channel, contact, new Date(startMs), ours[index], fetchedAt],
    );
    await database.query(
      `insert into messages (id, workspace_id, conversation_id, channel_id, source, version, from_contact, sender_type, sender, content, state, attempt, sent_at, received_at, counts_as_unread)
       values ($1, $2, $3, $4, 'facebook', 1, false, 'agent', '{"id": "k", "name": null, "avatar_url": null}', '{"type": "text", "text": "hello"}', 'pending', $6, $5, $5, false)`,
      [ours[index], workspace, conversation, channel, new Date(startMs), index + 1],
    );
    await database.query(
      `insert into send_attempts (message_id, attempt, workspace_id, conversation_id, channel_id, state, tries, lane_epoch, opened_at)
       select $1, n, $2, $3, $4, case when n = $6 then 'open' else 'unknown' end, 1, 1, $5 from generate_series(1, $6::integer) n`,
      [ours[index], workspace, conversation, channel, new Date(startMs), index + 1],
    );
  }
});

const kinds = [
  'text',
  'echo',
  'claimed',
  'delivered',
  'read',
  'deliveredMid',
  'edited',
  'deleted',
  'reacted',
  'reply',
  'accepted',
  'failed',
  'unknown',
] as const;

const factArbitrary = fc.record({
  kind: fc.constantFrom(...kinds),
  contact: fc.constantFrom(0, 1),
  mid: fc.constantFrom(...mids),
  other: fc.constantFrom(...mids),
  /** Seconds on Facebook's clock. */
  at: fc.integer({ min: 0, max: 20 }),
});

/** `<kind> <mid> <seconds>`, all of one contact; a reply answers m_1. */
function facts(...texts: readonly string[]): Fact[] {
  return texts.map((text) => {
    const [kind = '', mid = '', at = '0'] = text.split(' ');
    return { kind: kind as Fact['kind'], contact: 0, mid, other: 'm_1', at: Number(at) };
  });
}

/** Of the contact to whom something was sent twice; even seconds are of the first attempt. */
function twice(...texts: readonly string[]): Fact[] {
  return facts(...texts).map((fact) => ({ ...fact, contact: 1 }));
}

interface Fact {
  readonly kind: (typeof kinds)[number];
  readonly contact: number;
  readonly mid: string;
  readonly other: string;
  readonly at: number;
}

function eventOf(channel: string, fact: Fact, index: number): Event {
  const contact = contacts[fact.contact] ?? '';
  // a mid is one message of one contact
  const mid = `${fact.mid}_${contact}`;
  const occurredAt = new Date(startMs + fact.at * 1_000).toISOString();
  return eventSchema.parse({
    id: uuid5(channel, `${String(index)} ${fact.kind}`),
    source: 'facebook',
    workspace_id: workspace,
    channel_id: channel,
    conversation_id: conversationId(channel, contact),
    source_contact_id: contact,
    occurred_at: occurredAt,
    received_at: occurredAt,
    raw: fact.kind === 'accepted' || fact.kind === 'failed' || fact.kind === 'unknown' ? null : '{}',
    ...kindOf(channel, { ...fact, mid, other: `${fact.other}_${contact}` }, occurredAt),
  });
}

function kindOf(
  channel: string,
  { kind, contact, mid, other, at }: Fact,
  occurredAt: string,
): { type: string; payload: object } {
  const text = {
    message_id: messageId(channel, mid),
    source_message_id: mid,
    content: { type: 'text', text: `${mid} ${String(at)}` },
  };
  const attempt = { message_id: ours[contact], attempt: contact === 0 ? 1 : (at % 2) + 1 };
  const failure = { code: 'x', category: 'request', retryable: false, message: 'x' };
  const table: Record<Fact['kind'], { type: string; payload: object }> = {
    text: { type: 'message.received', payload: { ...text, counts_as_unread: true, opens_window: true } },
    reply: {
      type: 'message.received',
      payload: { ...text, reply_to: { source_message_id: other }, counts_as_unread: true, opens_window: true },
    },
    echo: { type: 'message.echoed', payload: { ...text, sender_type: 'app', app_id: at % 2 === 0 ? appId : '5' } },
    claimed: { type: 'message.echoed', payload: { ...text, sender_type: 'app', app_id: appId, claims: attempt } },
    delivered: { type: 'message.delivered', payload: { watermark: occurredAt, source_message_ids: [] } },
    deliveredMid: { type: 'message.delivered', payload: { source_message_ids: [mid, other] } },
    read: { type: 'message.read', payload: { watermark: occurredAt, source_message_ids: [] } },
    edited: {
      type: 'message.edited',
      payload: { source_message_id: mid, text: `edited ${String(at)}`, edit_number: (at % 3) + 1 },
    },
    deleted: { type: 'message.deleted', payload: { source_message_id: mid } },
    reacted: {
      type: 'message.reacted',
      payload: {
        source_message_id: mid,
        reaction: at % 3 === 0 ? null : { emoji: '😢' },
        from_contact: true,
        opens_window: at % 3 !== 0,
      },
    },
    accepted: { type: 'send.accepted', payload: { ...attempt, source_message_id: mid, source_sent_at: occurredAt } },
    failed: { type: 'send.failed', payload: { ...attempt, failure } },
    unknown: { type: 'send.unknown', payload: { ...attempt, failure } },
  };
  return table[kind];
}

function cutInto(events: readonly Event[], sizes: readonly number[]): Event[][] {
  const batches: Event[][] = [];
  for (let at = 0, turn = 0; at < events.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    batches.push(events.slice(at, at + size));
    at += size;
  }
  return batches;
}

async function state(database: Database): Promise<unknown> {
  const [conversations, messages, sources, waiting, updates, attempts] = await Promise.all([
    database.query('select * from conversations order by id'),
    database.query('select * from messages order by id'),
    database.query('select * from message_sources order by channel_id, source_message_id'),
    database.query('select channel_id, awaits, event_id, event::jsonb from waiting_effects order by 1, 2, 3'),
    database.query(
      `select partition, "offset", key, value::jsonb from log_records where topic = 'conversation.updates' order by 1, 2`,
    ),
    database.query('select message_id, attempt, state from send_attempts order by 1, 2'),
  ]);
  return { conversations, messages, sources, waiting, updates, attempts };
}

async function connectPage(database: Database): Promise<string> {
  const put = await database.transaction((sql) =>
    channelConnectionStore.putConnecting(workspace, sql, {
      proposed_id: '0190f3a2-7b1c-7def-8abc-1234567890ab',
      source: 'facebook',
      source_channel_id: '108200000000001',
      source_app_id: appId,
      name: 'Page',
      image_url: null,
      token_expires_at: null,
      sealToken: () => 'sealed',
    }),
  );
  return put.kind === 'connecting' ? put.channel.id : '';
}
