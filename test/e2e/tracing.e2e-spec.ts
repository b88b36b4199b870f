import { openDataSource, openPgDatabase } from '#libs/database';
import { Canaries } from '../harness/canaries.js';
import { pathsOf, type CollectedSpan } from '../harness/collector.js';
import { newMid } from '../harness/facebook-items.js';
import { alarms, logLines, type LogLine } from '../harness/log-lines.js';
import { only } from '../harness/only.js';
import type { Role } from '../harness/role-environment.js';
import { newTraceparent, TracedRoles } from '../harness/traced-roles.js';
import { waitFor } from '../harness/wait-for.js';

const WORDS = 'cAnArY words of a person';
const onTheWayIn = [
  'ingester server POST /webhooks/facebook',
  'ingester server POST /webhooks/facebook > ingester producer append channel.events',
  'ingester server POST /webhooks/facebook > ingester producer append channel.events > projector consumer process channel.events',
];
const announced = `${onTheWayIn[2] ?? ''} > projector producer append conversation.updates`;
const call = 'channels server POST /messages.send';
const turn = `${call} > sender internal send turn`;
const result = `${turn} > sender producer append channel.events`;
const applied = `${result} > projector consumer process channel.events`;
const sentWay = [
  call,
  `${call} > channels producer append channel.commands`,
  `${call} > channels producer append channel.commands > sender consumer process channel.commands`,
  `${call} > channels producer append conversation.updates`,
  turn,
  `${turn} > sender client send facebook`,
  result,
  applied,
  `${applied} > projector producer append conversation.updates`,
];

describe('a trace', () => {
  let traced: TracedRoles;
  let psid: string;
  let conversationId: string;

  const traceOf = (traceId: string, ready: (spans: readonly CollectedSpan[]) => boolean): Promise<string[]> =>
    waitFor('the trace', () => {
      const spans = traced.collector.trace(traceId);
      if (!ready(spans)) throw new Error(pathsOf(spans).join('\n'));
      return pathsOf(spans);
    });
  const named = (traceId: string, name: string): CollectedSpan[] =>
    traced.collector.trace(traceId).filter((span) => span.name === name);
  const hasAll = (traceId: string, paths: readonly string[]): Promise<string[]> =>
    traceOf(traceId, (spans) => paths.every((path) => pathsOf(spans).includes(path)));
  const webhookSpans = (): CollectedSpan[] =>
    traced.collector.spans.filter(({ name }) => name === 'POST /webhooks/facebook');
  const lines = (role: Role): readonly LogLine[] => logLines(traced.processOf(role).output());
  const headersOf = async (traceId: string): Promise<{ topic: string; traceparent: string }[]> => {
    const source = await openDataSource({ url: traced.database.url, poolSize: 1 });
    const rows = await openPgDatabase(source).query<{ topic: string; traceparent: string }>(
      `select topic, headers::jsonb->>'traceparent' as traceparent from log_records
       where headers::jsonb->>'traceparent' like $1`,
      [`00-${traceId}-%`],
    );
    await source.destroy();
    return rows;
  };

  beforeAll(async () => {
    traced = await TracedRoles.start();
    // an echo would prove a send before its result does
    await traced.facebook.change({ echo: 'off', delivery: 'off', read: 'off' });
    psid = await traced.newCustomer();
    await traced.deliver({ psid }, WORDS);
    conversationId = (await traced.conversationWith(psid)).id;
  }, 90_000);

  afterAll(async () => {
    await traced.stop();
  });

  it('leads from the webhook to the announcements, and is the caller’s', async () => {
    const caller = newTraceparent();
    const other = await traced.newCustomer();
    expect((await traced.deliver({ psid: other, traceparent: caller.traceparent }, WORDS)).status).toBe(200);
    const paths = await traceOf(caller.traceId, (spans) => spans.length === 5);
    // conversation.created and message.created
    expect(paths.toSorted()).toEqual([...onTheWayIn, announced, announced].toSorted());
    expect(only(named(caller.traceId, 'POST /webhooks/facebook')).parentSpanId).toBe(caller.spanId);
    expect(traced.collector.trace(caller.traceId).filter(({ isError }) => isError)).toEqual([]);

    const spanIds = (name: string): string[] => named(caller.traceId, name).map(({ spanId }) => spanId);
    const told = (topic: string): string[] => spanIds(`append ${topic}`).map((id) => `00-${caller.traceId}-${id}-01`);
    expect((await headersOf(caller.traceId)).map(({ topic, traceparent }) => `${topic} ${traceparent}`).sort()).toEqual(
      ['channel.events', 'conversation.updates']
        .flatMap((topic) => told(topic).map((traceparent) => `${topic} ${traceparent}`))
        .sort(),
    );
  });

  it('leads from the send to Graph, its result and the announcement of it', async () => {
    const caller = newTraceparent();
    await traced.client.sendText(conversationId, WORDS, { traceparent: caller.traceparent });
    const paths = await hasAll(caller.traceId, sentWay);
    expect(paths.filter((path) => !sentWay.includes(path))).toEqual([]);
    expect(only(named(caller.traceId, 'POST /messages.send')).parentSpanId).toBe(caller.spanId);
    expect(only(named(caller.traceId, 'send facebook'))).toMatchObject({
      isError: false,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'parley.outcome': 'accepted',
      },
    });
  });

  it('shows what Facebook refused, by codes', async () => {
    const caller = newTraceparent();
    await traced.facebook.fail({ mode: 'refuse', code: 100, subcode: 2018001, recipient_id: psid });
    await traced.client.sendText(conversationId, WORDS, { traceparent: caller.traceparent });
    await hasAll(caller.traceId, sentWay);
    expect(only(named(caller.traceId, 'send facebook'))).toMatchObject({
      isError: true,
      attributes: {
        'http.response.status_code': 400,
        'error.type': expect.stringMatching(/^[a-z_]+$/) as string,
        'parley.outcome': 'refused',
        'parley.source_code': 100,
        'parley.source_subcode': 2018001,
      },
    });
    expect(only(named(caller.traceId, 'send turn'))).toMatchObject({ attributes: { 'parley.outcome': 'refused' } });
  });

  it('goes through every try of a send', async () => {
    const caller = newTraceparent();
    await traced.facebook.fail({ mode: '429', recipient_id: psid, times: 1 });
    await traced.client.sendText(conversationId, WORDS, { traceparent: caller.traceparent });
    await hasAll(caller.traceId, sentWay);
    const tries = named(caller.traceId, 'send turn').map(({ attributes }) => attributes['parley.outcome']);
    expect(tries.toSorted()).toEqual(['accepted', 'not_sent']);
    expect(
      named(caller.traceId, 'send facebook')
        .map(({ isError }) => isError)
        .toSorted(),
    ).toEqual([false, true]);
  }, 20_000);

  it('of a webhook that came before ends where nothing is new', async () => {
    const [first, second] = [newTraceparent(), newTraceparent()];
    const mid = newMid();
    await traced.deliver({ psid, mid, traceparent: first.traceparent });
    await hasAll(first.traceId, [announced]);
    await traced.deliver({ psid, mid, traceparent: second.traceparent });
    const paths = await hasAll(second.traceId, onTheWayIn);
    await traced.deliver({ psid });
    expect(paths).toHaveLength(3);
    expect(traced.collector.trace(first.traceId)).toHaveLength(4);
  });

  it('is one for each message of a batch', async () => {
    const callers = Array.from({ length: 20 }, newTraceparent);
    await Promise.all(callers.map(({ traceparent }) => traced.deliver({ psid, traceparent })));
    for (const { traceId } of callers) {
      const paths = await hasAll(traceId, [announced]);
      expect(paths.toSorted()).toEqual([...onTheWayIn, announced].toSorted());
    }
  });

  it.each(['nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'of our own begins where a caller gives none that can be read: %s',
    async (traceparent) => {
      const before = new Set(traced.collector.spans.map(({ traceId }) => traceId));
      expect((await traced.deliver({ psid, traceparent })).status).toBe(200);
      const root = await waitFor('the trace', () => webhookSpans().find(({ traceId }) => !before.has(traceId)));
      expect(root.parentSpanId).toBeUndefined();
      expect(await hasAll(root.traceId, [announced])).toHaveLength(4);
    },
  );

  it('that its caller does not keep is not told, and goes on in the records', async () => {
    const { traceId, traceparent } = newTraceparent();
    await traced.deliver({ psid, traceparent: traceparent.replace(/01$/, '00') });
    const rows = await waitFor('the announcement', async () => {
      const found = await headersOf(traceId);
      expect(found).toHaveLength(2);
      return found;
    });
    expect(rows.map((row) => row.traceparent.slice(-3))).toEqual(['-00', '-00']);
    const later = newTraceparent();
    await traced.deliver({ psid, traceparent: later.traceparent });
    await hasAll(later.traceId, [announced]);
    expect(traced.collector.trace(traceId)).toEqual([]);
  });

  it('is found in the log lines of all roles', async () => {
    const { traceId, traceparent } = newTraceparent();
    await traced.client.sendText(conversationId, WORDS, { traceparent });
    await hasAll(traceId, sentWay);
    const said = (role: Role): string[] =>
      lines(role)
        .filter((line) => line['trace_id'] === traceId)
        .map(({ msg }) => msg);
    expect(said('channels')).toEqual(expect.arrayContaining(['request', 'send accepted']));
    expect(said('sender')).toEqual(['send due', 'send']);
    expect(said('projector')).toEqual(['event applied']);
  });

  it('says which process, and the collector is given its headers', () => {
    const services = new Set(traced.collector.spans.map(({ service }) => service));
    expect([...services].sort()).toEqual(['parley-channels', 'parley-ingester', 'parley-projector', 'parley-sender']);
    expect(new Set(traced.collector.headers.map((headers) => headers['x-collector-key']))).toEqual(
      new Set([traced.collectorKey]),
    );
  });

  it('holds no secret, no word and no id of a person, and begins no alarm', () => {
    const canaries = new Canaries();
    const { page_token: token, user_token: userToken } = traced.connectedPage;
    for (const [name, value] of Object.entries({ token, userToken, psid, words: WORDS, apiKey: traced.apiKey }))
      canaries.add(name, value);
    canaries.add('encryption key', traced.encryptionKey);
    canaries.add('app secret', traced.appSecret);
    canaries.add('query', 'access_token');
    const isOurs = new Canaries();
    isOurs.add('key of the collector', traced.collectorKey);

    expect(traced.collector.bodies.length).toBeGreaterThan(0);
    expect(traced.collector.bodies.flatMap((body) => [...canaries.foundIn(body), ...isOurs.foundIn(body)])).toEqual([]);
    for (const [role, { output }] of traced.started) {
      expect({ role, found: isOurs.foundIn(output()) }).toEqual({ role, found: [] });
      expect({ role, alarms: alarms(output()) }).toEqual({ role, alarms: [] });
    }
  });
});
