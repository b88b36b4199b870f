// What a snapshot that is held open (pg_dump, a report, a hung client) does to the rows that are updated often: no version of
// them can be removed meanwhile. `node bench/held-snapshot.mjs 60`: for so many seconds, after ten without and before ten more.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { describeMachine } from './machine.mjs';
import { migrate, quantiles, startDatabase } from './support.mjs';

const heldSeconds = Number(process.argv[2] ?? 60);
const perSecond = Number(process.env.BENCH_RATE ?? 100);
const partitions = 8;
const lanes = 50;
const topic = 'channel.events';
const lane = (n) => `00000000-0000-4000-8000-${String(n % lanes).padStart(12, '0')}`;
/** As every connection of the product has them. */
const plans =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan';

/** As the product says them: libs/event-log/src/consuming, libs/event-log/src/postgres, libs/database/src/stores. */
const statements = {
  positions: {
    name: 'positions',
    text: `update consumer_positions c set position = s."to"
      from unnest($3::integer[], $4::bigint[], $5::bigint[]) s(partition, "from", "to")
      where c.consumer_group = $1 and c.topic = $2 and c.partition = s.partition and c.position = s."from" returning c.partition`,
    values: (n) => {
      const four = [0, 1, 2, 3].map((k) => (n + k) % partitions);
      const from = four.map((p) => positions[p]);
      for (const p of four) positions[p] += 1;
      return ['g', topic, four, from, from.map((each) => each + 1)];
    },
  },
  takeLane: {
    name: 'take',
    text: `update send_lanes l set owner = 'x', epoch = l.epoch + 1, until = now() + interval '30 seconds'
      where conversation_id = (select conversation_id from send_lanes where conversation_id = $1 and next_due <= now()
        and (owner is null or until < now()) for update skip locked) returning epoch`,
    values: (n) => [lane(n)],
  },
  releaseLane: {
    name: 'release',
    text: `update send_lanes set owner = null, until = null, next_due = now() where conversation_id = $1`,
    values: (n) => [lane(n)],
  },
  dueLanes: {
    name: 'due',
    text: `select conversation_id from send_lanes where next_due <= now() and (owner is null or until < now()) order by next_due limit $1`,
    values: () => [50],
  },
  leases: {
    name: 'leases',
    text: `update consumer_leases set until = clock_timestamp() + interval '10 seconds'
      where consumer_group = $1 and topic = $2 and owner = $3 returning partition`,
    values: () => ['g', topic, 'me'],
    each: 50,
  },
};
const positions = Array.from({ length: partitions }, () => 0);

const database = await startDatabase();
const clients = [];
try {
  await migrate(database.url);
  const sql = await connect({ options: plans });
  await prepare(sql);
  console.log(`${describeMachine()}; ${String(perSecond)} batches a second`);
  await measure(sql, 'before', 10);
  const holder = await connect({});
  await holder.query('begin isolation level repeatable read');
  await holder.query('select count(*) from consumer_positions');
  for (let second = 0; second < heldSeconds; second += 10)
    await measure(sql, `held for ${String(second)}–${String(second + 10)} s`, 10);
  await holder.query('commit');
  await measure(sql, 'after', 10);
} finally {
  for (const client of clients) await client.end();
  await database.stop();
}

async function connect(options) {
  const client = new pg.Client({ connectionString: database.url, ...options });
  clients.push(client);
  await client.connect();
  return client;
}

async function prepare(sql) {
  const upTo = partitions - 1;
  await sql.query(
    `insert into consumer_positions select 'g', '${topic}', p, 0 from generate_series(0, ${String(upTo)}) p`,
  );
  await sql.query(
    `insert into consumer_leases select 'g', '${topic}', p, 'me', now() + interval '1 hour' from generate_series(0, ${String(upTo)}) p`,
  );
  for (let n = 0; n < lanes; n += 1)
    await sql.query(
      'insert into send_lanes (conversation_id, workspace_id, channel_id, next_due) values ($1, $1, $1, now())',
      [lane(n)],
    );
}

async function measure(sql, name, seconds) {
  const times = Object.fromEntries(Object.keys(statements).map((each) => [each, []]));
  const t0 = performance.now();
  let n = 0;
  for (; performance.now() - t0 < seconds * 1000; n += 1) {
    const early = t0 + (n * 1000) / perSecond - performance.now();
    if (early > 1) await delay(early);
    for (const [key, { name: plan, text, values, each = 1 }] of Object.entries(statements)) {
      if (n % each !== 0) continue;
      const began = performance.now();
      await sql.query({ name: plan, text, values: values(n) });
      times[key].push(performance.now() - began);
    }
  }
  const [{ size }] = (await sql.query(`select pg_relation_size('consumer_positions') as size`)).rows;
  const figures = Object.entries(times).map(([key, values]) => `${key} ${quantiles(values)}`);
  console.log(
    `${name}: ${String(n)} batches; ${figures.join('; ')}; positions on ${String(Number(size) / 8192)} pages`,
  );
}
